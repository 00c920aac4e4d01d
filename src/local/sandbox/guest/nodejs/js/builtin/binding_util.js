// What the vendored `util.inspect` and `Buffer` ask of the engine about objects.
//
// The engine shows a script neither the state of a promise nor the target of a proxy nor what a weak
// collection holds. So promises print as `Promise { <state unknown> }`, and proxies as what they show of themselves.

export const ALL_PROPERTIES = 0;
export const ONLY_WRITABLE = 1;
export const ONLY_ENUMERABLE = 2;
export const ONLY_CONFIGURABLE = 4;
export const ONLY_ENUM_WRITABLE = 6;
export const SKIP_STRINGS = 8;
export const SKIP_SYMBOLS = 16;

const { ownKeys, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
const MAX_ARRAY_INDEX = 2 ** 32 - 2;

/** Whether a property key is an index of an array. */
export function isArrayIndex(key) {
  if (typeof key === "number") return Number.isInteger(key) && key >= 0 && key <= MAX_ARRAY_INDEX;
  if (typeof key !== "string") return false;
  const number = Number(key);
  return Number.isInteger(number) && number >= 0 && number <= MAX_ARRAY_INDEX && `${number}` === key;
}

/** Own keys that are no index, by `filter`. */
export function getOwnNonIndexProperties(value, filter) {
  const hasIndexes = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
  const found = [];
  for (const key of ownKeys(value)) {
    if (hasIndexes && isArrayIndex(key)) continue;
    if (filter !== ALL_PROPERTIES) {
      const descriptor = getOwnPropertyDescriptor(value, key);
      if (descriptor === undefined) continue;
      if (filter & ONLY_WRITABLE && !descriptor.writable) continue;
      if (filter & ONLY_ENUMERABLE && !descriptor.enumerable) continue;
      if (filter & ONLY_CONFIGURABLE && !descriptor.configurable) continue;
      if (filter & SKIP_STRINGS && typeof key === "string") continue;
      if (filter & SKIP_SYMBOLS && typeof key === "symbol") continue;
    }
    found.push(key);
  }
  return found;
}

/** The name of the class of an object, for one whose prototype says nothing. */
export function getConstructorName(value) {
  for (let object = value; object !== null && object !== undefined; object = getPrototypeOf(object)) {
    const descriptor = getOwnPropertyDescriptor(object, "constructor");
    if (typeof descriptor?.value === "function" && descriptor.value.name !== "") return descriptor.value.name;
  }
  return Array.isArray(value) ? "Array" : "Object";
}

const FULFILLED = 1;
const unknown = { [Symbol.for("nodejs.util.inspect.custom")]: () => "<state unknown>" };

/** [state, result] of a promise; throws for anything else. */
export function getPromiseDetails(value) {
  if (!(value instanceof Promise)) throw new TypeError("not a promise");
  return [FULFILLED, unknown];
}

/** Undefined: proxies cannot be told apart. */
export function getProxyDetails() {
  return undefined;
}

export function getWeakMapEntries() {
  return [];
}

export function getWeakSetEntries() {
  return [];
}

/** What an iterator of a Map or Set will give cannot be seen without taking it. */
export function previewEntries() {
  return undefined;
}
