// `util.types` as the vendored inspector uses it. Its own versions find out whether something is a Map by
// letting `Map.prototype.has` throw; making an error costs 25 µs, so what is obviously none is told apart first.

import * as vendored from "hoist:vendored-types";

export * from "hoist:vendored-types";

const { toString } = Object.prototype;
const { apply } = Reflect;

/** `check` only for what can pass it: instances, and what calls itself by that name. */
function likely(Type, check) {
  const tag = `[object ${Type.name}]`;
  return (value) => value !== null && typeof value === "object" &&
    (value instanceof Type || apply(toString, value, []) === tag) && check(value);
}

export const isMap = likely(Map, vendored.isMap);
export const isSet = likely(Set, vendored.isSet);
export const isBooleanObject = likely(Boolean, vendored.isBooleanObject);
export const isNumberObject = likely(Number, vendored.isNumberObject);
export const isStringObject = likely(String, vendored.isStringObject);
export const isSymbolObject = likely(Symbol, vendored.isSymbolObject);
export const isBigIntObject = likely(BigInt, vendored.isBigIntObject);
export const isBoxedPrimitive = (value) =>
  isNumberObject(value) || isStringObject(value) || isBooleanObject(value) || isBigIntObject(value) || isSymbolObject(value);
