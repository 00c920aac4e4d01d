// What the sandbox cannot do: errors that say so, and what to do instead.

/** The error for using `name` of the module `module`. */
export function unavailable(module, name, why = "") {
  const error = new Error(
    `${module}.${name} does not work in Hoist's sandbox${why && `: ${why}`}; --process runs the function outside of it`,
  );
  error.code = "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM";
  return error;
}

/** A function that throws it; `length` is the one of Node's. */
export function throwing(module, name, why) {
  return {
    [name]() {
      throw unavailable(module, name, why);
    },
  }[name];
}

/** Several of them by name. */
export const throwingAll = (module, names, why) =>
  Object.fromEntries(names.split(" ").map((name) => [name, throwing(module, name, why)]));

/** Classes whose constructors throw it. */
export function throwingClasses(module, names, Base = Object, why) {
  return Object.fromEntries(names.split(" ").map((name) => [name, {
    [name]: class extends Base {
      constructor() {
        super();
        throw unavailable(module, name, why);
      }
    },
  }[name]]));
}
