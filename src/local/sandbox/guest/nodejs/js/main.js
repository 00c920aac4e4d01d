// The bootstrap of the Node guest: a registry of builtin modules, and the world's exports.
//
// Rust puts `import host from "hoist:nodejs/host"` and the table `BUILTINS` before this text and
// `export { load, preload, invoke }` after it. All of it runs once, when the image is made; an environment starts
// from what is in memory at the end.

/** Builtin modules by specifier, linked or evaluated. */
const registry = Object.create(null);

/** A module that this file makes itself instead of reading it from the table. */
function provide(specifier, value) {
  const namespace = Object.create(null);
  Object.defineProperty(namespace, "default", { value, enumerable: true });
  registry[specifier] = { namespace, evaluated: true };
}

/** The table's name for `specifier`: Node's own modules are listed with their `node:` only. */
function canonical(specifier) {
  if (specifier in BUILTINS || specifier in registry) return specifier;
  const prefixed = `node:${specifier}`;
  return prefixed in BUILTINS ? prefixed : undefined;
}

/** Makes the namespace of a builtin, with every export still unset. */
function link(specifier) {
  const name = canonical(specifier);
  if (name === undefined) throw new Error(`no builtin module ${specifier}`);
  if (name in registry) return registry[name];
  const definition = BUILTINS[name];
  const namespace = Object.create(null);
  const record = { name, definition, namespace, evaluated: false, getters: undefined };
  registry[name] = record;
  for (const exported of definition.exports) {
    Object.defineProperty(namespace, exported, {
      get() {
        if (record.getters === undefined) {
          throw new ReferenceError(`Cannot access '${exported}' before initialization (${name})`);
        }
        return record.getters[exported]();
      },
      enumerable: true,
      configurable: true,
    });
  }
  for (const star of definition.stars) {
    const other = link(definition.requests[star]).namespace;
    for (const exported of Object.keys(other)) {
      if (exported === "default" || exported in namespace) continue;
      Object.defineProperty(namespace, exported, {
        get: () => other[exported],
        enumerable: true,
        configurable: true,
      });
    }
  }
  return record;
}

/**
 * Evaluates a builtin after those it imports and gives its namespace.
 *
 * The function of a module calls `exports` first of all. Only there its imports are evaluated: in a cycle
 * they find the functions that it declares, as ES modules do.
 */
function evaluate(specifier) {
  const record = link(specifier);
  if (record.evaluated) return record.namespace;
  record.evaluated = true;
  const { definition, namespace } = record;
  definition.body({
    imports: definition.requests.map((request) => link(request).namespace),
    exports(getters) {
      record.getters = getters;
      for (const exported of Object.keys(getters)) {
        Object.defineProperty(namespace, exported, { get: getters[exported], enumerable: true });
      }
      for (const request of definition.requests) evaluate(request);
    },
  });
  return namespace;
}

// The engine's own collection is off (see `image.rs`); it runs only where `hoist:garbage` asks for it.
const collect = globalThis.__cqjs.runGc;
provide("hoist:host", host);
provide("hoist:engine", { collect: () => collect() });
provide("hoist:builtins", {
  /** Whether there is a builtin of this name for user code, with or without `node:`. */
  has(specifier) {
    const name = canonical(specifier);
    return name !== undefined && name.startsWith("node:");
  },
  /** The namespace of a builtin, evaluated now if it was not. */
  evaluate,
  /** All builtins for user code, without `node:`. */
  names: Object.keys(BUILTINS).filter((name) => name.startsWith("node:")).map((name) => name.slice(5)),
  /** Where each builtin's text lies in the script: for stacks. */
  bodies: Object.entries(BUILTINS).map(([name, { body }]) => [name, body]),
});

/** Evaluates everything that programs may need; gives the world's exports. */
function boot() {
  // First of all: the builtins of others look at what `Error` offers when they are evaluated.
  evaluate("hoist:stack");
  for (const specifier of Object.keys(BUILTINS)) {
    if (BUILTINS[specifier].eager) evaluate(specifier);
  }
  const exported = { ...evaluate("hoist:lambda"), preload: evaluate("hoist:preload").preload };
  // What the boot left behind is not to be in every environment.
  collect();
  return exported;
}

/** `boot`, with a fault of it written out: the engine reports only that there was one. */
function bootAloud() {
  try {
    return boot();
  } catch (error) {
    const text = `${error}\n${error?.stack}\n`;
    host.write(2, Uint8Array.from(text, (character) => character.charCodeAt(0) & 0x7f));
    throw error;
  }
}

const { load, preload, invoke } = bootAloud();
