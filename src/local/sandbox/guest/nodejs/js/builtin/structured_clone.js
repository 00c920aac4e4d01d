// `structuredClone`: https://html.spec.whatwg.org/multipage/structured-data.html.

import { DOMException } from "hoist:event-target";
import * as types from "__wasm_rquickjs_builtin/internal/util/types";

const ERRORS = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

function refuse(value) {
  let shown;
  try {
    shown = typeof value === "symbol" ? value.toString() : typeof value === "function" ? `${value}` : `#<${value.constructor?.name ?? "Object"}>`;
  } catch {
    shown = "object";
  }
  throw new DOMException(`${shown} could not be cloned.`, "DataCloneError");
}

function cloneBuffer(buffer, seen) {
  const known = seen.get(buffer);
  if (known !== undefined) return known;
  const copy = buffer.slice(0);
  seen.set(buffer, copy);
  return copy;
}

function cloneView(view, seen) {
  const buffer = cloneBuffer(view.buffer, seen);
  if (types.isDataView(view)) return new DataView(buffer, view.byteOffset, view.byteLength);
  // A Buffer arrives as what it is made of.
  const Type = globalThis[Object.prototype.toString.call(view).slice(8, -1)];
  return new Type(buffer, view.byteOffset, view.length);
}

function cloneError(error) {
  const Type = ERRORS[error.name] ?? Error;
  const result = Reflect.construct(Error, [], Type);
  for (const name of ["stack", "message", "cause"]) {
    const descriptor = Object.getOwnPropertyDescriptor(error, name);
    if (descriptor && "value" in descriptor) {
      Object.defineProperty(result, name, { value: descriptor.value, writable: true, configurable: true });
    }
  }
  return result;
}

/** Objects whose content is copied whole; undefined for others. */
function cloneLeaf(value, seen) {
  if (types.isDate(value)) return new Date(value.getTime());
  if (types.isRegExp(value)) return new RegExp(value.source, value.flags);
  if (types.isBoxedPrimitive(value)) {
    const inner = value.valueOf();
    return typeof inner === "symbol" ? refuse(value) : Object(inner);
  }
  if (types.isAnyArrayBuffer(value)) return cloneBuffer(value, seen);
  if (ArrayBuffer.isView(value)) return cloneView(value, seen);
  if (typeof Blob === "function" && value instanceof Blob) return value;
  if (value instanceof DOMException) return new DOMException(value.message, value.name);
  return undefined;
}

function isUncloneable(value) {
  return types.isPromise(value) || types.isWeakMap(value) || types.isWeakSet(value) || value instanceof WeakRef ||
    types.isGeneratorObject(value);
}

function clone(value, seen) {
  if (typeof value === "symbol" || typeof value === "function") refuse(value);
  if (value === null || typeof value !== "object") return value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  const leaf = cloneLeaf(value, seen);
  if (leaf !== undefined) {
    seen.set(value, leaf);
    return leaf;
  }
  if (isUncloneable(value)) refuse(value);
  if (types.isNativeError(value)) {
    const copy = cloneError(value);
    seen.set(value, copy);
    if (Object.hasOwn(copy, "cause")) copy.cause = clone(copy.cause, seen);
    return copy;
  }
  return cloneContainer(value, seen);
}

function cloneContainer(value, seen) {
  if (types.isMap(value)) {
    const copy = new Map();
    seen.set(value, copy);
    for (const [key, item] of [...value]) copy.set(clone(key, seen), clone(item, seen));
    return copy;
  }
  if (types.isSet(value)) {
    const copy = new Set();
    seen.set(value, copy);
    for (const item of [...value]) copy.add(clone(item, seen));
    return copy;
  }
  const copy = Array.isArray(value) ? new Array(value.length) : {};
  seen.set(value, copy);
  for (const key of Object.keys(value)) {
    Object.defineProperty(copy, key, { value: clone(value[key], seen), writable: true, enumerable: true, configurable: true });
  }
  return copy;
}

export default function structuredClone(value, options) {
  if (arguments.length === 0) throw Object.assign(new TypeError("The value argument must be specified"), { code: "ERR_MISSING_ARGS" });
  const seen = new Map();
  for (const item of options?.transfer ?? []) {
    if (!(item instanceof ArrayBuffer)) refuse(item);
    if (seen.has(item)) throw new DOMException("ArrayBuffer occurs twice in the transfer list", "DataCloneError");
    seen.set(item, item.transfer());
  }
  return clone(value, seen);
}
