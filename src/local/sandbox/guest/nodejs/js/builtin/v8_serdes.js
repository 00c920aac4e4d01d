// V8's format of values as bytes, version 15: `v8.serialize` and `v8.deserialize`.

import { Buffer } from "node:buffer";
import * as types from "__wasm_rquickjs_builtin/internal/util/types";

const VERSION = 15;
/** Node's numbers of the kinds of views, in what it writes of its own. */
const VIEWS = [
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array,
  DataView, Buffer, BigInt64Array, BigUint64Array,
];
const ERROR_TAGS = { EvalError: "E", RangeError: "R", ReferenceError: "F", SyntaxError: "S", TypeError: "T", URIError: "U" };

export class Serializer {
  #bytes = [];
  #seen = new Map();

  writeHeader() {
    this.#bytes.push(0xff, VERSION);
  }
  releaseBuffer() {
    const buffer = Buffer.from(this.#bytes);
    this.#bytes = [];
    return buffer;
  }
  writeUint32(value) {
    this.#varint(BigInt(value >>> 0));
  }
  writeUint64(high, low) {
    this.#varint((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0));
  }
  writeDouble(value) {
    this.#raw(new Uint8Array(Float64Array.of(value).buffer));
  }
  writeRawBytes(view) {
    this.#raw(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  }
  #raw(bytes) {
    for (const byte of bytes) this.#bytes.push(byte);
  }
  #tag(tag) {
    this.#bytes.push(tag.charCodeAt(0));
  }
  #varint(value) {
    for (; value >= 128n; value >>= 7n) this.#bytes.push(Number(value & 127n) | 128);
    this.#bytes.push(Number(value));
  }
  #zigzag(value) {
    this.#varint(BigInt(((value << 1) ^ (value >> 31)) >>> 0));
  }
  #text(text) {
    // eslint-disable-next-line no-control-regex
    if (/^[\x00-\xff]*$/.test(text)) {
      this.#tag('"');
      this.writeUint32(text.length);
      this.#raw(Buffer.from(text, "latin1"));
      return;
    }
    const bytes = Buffer.from(text, "utf16le");
    // Two-byte characters begin at an even place.
    let length = 1;
    for (let rest = bytes.length; rest >= 128; rest >>>= 7) length++;
    if ((this.#bytes.length + 1 + length) & 1) this.#bytes.push(0);
    this.#tag("c");
    this.writeUint32(bytes.length);
    this.#raw(bytes);
  }
  #bigint(value) {
    const negative = value < 0n;
    let magnitude = negative ? -value : value;
    const bytes = [];
    for (; magnitude > 0n; magnitude >>= 8n) bytes.push(Number(magnitude & 255n));
    while (bytes.length % 8 !== 0) bytes.push(0);
    this.writeUint32((bytes.length << 1) | (negative ? 1 : 0));
    this.#raw(bytes);
  }

  writeValue(value) {
    switch (typeof value) {
      case "undefined": return this.#tag("_");
      case "boolean": return this.#tag(value ? "T" : "F");
      case "number": return this.#number(value);
      case "bigint": {
        this.#tag("Z");
        return this.#bigint(value);
      }
      case "string": return this.#text(value);
      case "object": return value === null ? this.#tag("0") : this.#object(value);
      default: return this.#refuse(value);
    }
  }
  #refuse(value) {
    throw new Error(`${typeof value === "symbol" ? value.toString() : typeof value === "function" ? value : "#<Object>"} could not be cloned.`);
  }
  #number(value) {
    if (Number.isInteger(value) && !Object.is(value, -0) && value >= -1073741824 && value <= 1073741823) {
      this.#tag("I");
      this.#zigzag(value);
    } else {
      this.#tag("N");
      this.writeDouble(value);
    }
  }
  #object(value) {
    if (this.#seen.has(value)) {
      this.#tag("^");
      this.writeUint32(this.#seen.get(value));
      return;
    }
    this.#seen.set(value, this.#seen.size);
    if (ArrayBuffer.isView(value)) return this.#view(value);
    if (types.isDate(value)) return this.#tagged("D", () => this.writeDouble(value.getTime()));
    if (types.isBoxedPrimitive(value)) return this.#boxed(value.valueOf());
    if (types.isRegExp(value)) return this.#regexp(value);
    if (types.isMap(value)) {
      this.#tag(";");
      for (const entry of value) entry.forEach((one) => this.writeValue(one));
      return this.#tagged(":", () => this.writeUint32(value.size * 2));
    }
    if (types.isSet(value)) {
      this.#tag("'");
      for (const one of value) this.writeValue(one);
      return this.#tagged(",", () => this.writeUint32(value.size));
    }
    if (types.isAnyArrayBuffer(value)) {
      this.#tag("B");
      this.writeUint32(value.byteLength);
      return this.#raw(new Uint8Array(value));
    }
    if (types.isNativeError(value)) return this.#error(value);
    if (types.isPromise(value) || types.isWeakMap(value) || types.isWeakSet(value)) this.#refuse(value);
    return Array.isArray(value) ? this.#array(value) : this.#plain(value);
  }
  #tagged(tag, write) {
    this.#tag(tag);
    write();
  }
  #boxed(inner) {
    if (typeof inner === "boolean") return this.#tag(inner ? "y" : "x");
    if (typeof inner === "number") return this.#tagged("n", () => this.writeDouble(inner));
    if (typeof inner === "bigint") return this.#tagged("z", () => this.#bigint(inner));
    if (typeof inner === "string") return this.#tagged("s", () => this.#text(inner));
    return this.#refuse(inner);
  }
  #regexp(value) {
    this.#tag("R");
    this.#text(value.source);
    this.writeUint32([..."gimyusd"].reduce((sum, flag, bit) => sum | (value.flags.includes(flag) ? [1, 2, 4, 8, 16, 32, 128][bit] : 0), 0));
  }
  #error(value) {
    this.#tag("r");
    if (ERROR_TAGS[value.name]) this.#tag(ERROR_TAGS[value.name]);
    if (Object.hasOwn(value, "message")) this.#tagged("m", () => this.#text(`${value.message}`));
    if (typeof value.stack === "string") this.#tagged("s", () => this.#text(value.stack));
    this.#tag(".");
  }
  /** Node's own kind of object: views, with Buffer among them. */
  #view(value) {
    this.#tag("\\");
    let index = Buffer.isBuffer(value) ? VIEWS.indexOf(Buffer) : VIEWS.findIndex((Type) => Type !== Buffer && value.constructor === Type);
    if (index === -1) index = VIEWS.findIndex((Type) => Type !== Buffer && value instanceof Type);
    this.writeUint32(index);
    this.writeUint32(value.byteLength);
    this.writeRawBytes(value);
  }
  #array(value) {
    const isDense = value.length === Object.keys(value).filter((key) => /^\d+$/.test(key)).length;
    const others = Object.keys(value).filter((key) => !isDense || !/^\d+$/.test(key));
    this.#tag(isDense ? "A" : "a");
    this.writeUint32(value.length);
    if (isDense) for (const one of value) this.writeValue(one);
    this.#members(value, others);
    this.#tag(isDense ? "$" : "@");
    this.writeUint32(others.length);
    this.writeUint32(value.length);
  }
  #plain(value) {
    const keys = Object.keys(value);
    this.#tag("o");
    this.#members(value, keys);
    this.#tagged("{", () => this.writeUint32(keys.length));
  }
  #members(value, keys) {
    for (const key of keys) {
      if (/^(0|[1-9]\d{0,8})$/.test(key)) this.#number(+key);
      else this.#text(key);
      this.writeValue(value[key]);
    }
  }
}

export class Deserializer {
  #buffer;
  #at = 0;
  #seen = [];

  constructor(view) {
    this.#buffer = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  }
  #fail() {
    throw new Error("Unable to deserialize cloned data.");
  }
  readHeader() {
    if (this.#buffer[0] !== 0xff || this.#buffer[1] > VERSION) {
      throw new Error("Unable to deserialize cloned data due to invalid or unsupported version.");
    }
    this.#at = 2;
    return true;
  }
  #varint() {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (this.#at >= this.#buffer.length) this.#fail();
      const byte = this.#buffer[this.#at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  }
  readUint32() {
    return Number(this.#varint() & 0xffffffffn);
  }
  readDouble() {
    return this.readRawBytes(8).readDoubleLE(0);
  }
  readRawBytes(length) {
    if (this.#at + length > this.#buffer.length) this.#fail();
    const bytes = this.#buffer.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }
  #tag() {
    let tag = this.#buffer[this.#at++];
    while (tag === 0) tag = this.#buffer[this.#at++];
    return tag === undefined ? this.#fail() : String.fromCharCode(tag);
  }
  #peek() {
    let at = this.#at;
    while (this.#buffer[at] === 0) at++;
    return String.fromCharCode(this.#buffer[at]);
  }
  #keep(value) {
    this.#seen.push(value);
    return value;
  }
  #bigint() {
    const head = this.readUint32();
    let value = 0n;
    for (const byte of [...this.readRawBytes(head >>> 1)].reverse()) value = (value << 8n) | BigInt(byte);
    return head & 1 ? -value : value;
  }

  readValue() {
    const tag = this.#tag();
    switch (tag) {
      case "_": return undefined;
      case "0": return null;
      case "T": return true;
      case "F": return false;
      case "I": {
        const value = this.readUint32();
        return (value >>> 1) ^ -(value & 1);
      }
      case "U": return this.readUint32();
      case "N": return this.readDouble();
      case "Z": return this.#bigint();
      case '"': return this.readRawBytes(this.readUint32()).toString("latin1");
      case "c": return this.readRawBytes(this.readUint32()).toString("utf16le");
      case "S": return this.readRawBytes(this.readUint32()).toString("utf8");
      case "^": return this.#seen[this.readUint32()];
      case "D": return this.#keep(new Date(this.readDouble()));
      case "y": return this.#keep(Object(true));
      case "x": return this.#keep(Object(false));
      case "n": return this.#keep(Object(this.readDouble()));
      case "z": return this.#keep(Object(this.#bigint()));
      case "s": return this.#keep(Object(this.readValue()));
      case "R": return this.#regexp();
      case "B": return this.#keep(new Uint8Array(this.readRawBytes(this.readUint32())).buffer);
      case "\\": return this.#view();
      case "r": return this.#error();
      default: return this.#container(tag);
    }
  }
  #regexp() {
    const slot = this.#seen.push(undefined) - 1;
    const source = this.readValue();
    const flags = this.readUint32();
    const value = new RegExp(source, [..."gimyusd"].filter((flag, bit) => flags & [1, 2, 4, 8, 16, 32, 128][bit]).join(""));
    this.#seen[slot] = value;
    return value;
  }
  #view() {
    const slot = this.#seen.push(undefined) - 1;
    const Type = VIEWS[this.readUint32()] ?? this.#fail();
    const bytes = this.readRawBytes(this.readUint32());
    const size = Type.BYTES_PER_ELEMENT ?? 1;
    // In place where its elements may lie there.
    const [buffer, start] = bytes.byteOffset % size === 0 ? [bytes.buffer, bytes.byteOffset] : [new Uint8Array(bytes).buffer, 0];
    const value = Type === Buffer ? Buffer.from(buffer, start, bytes.length) : new Type(buffer, start, bytes.length / size);
    this.#seen[slot] = value;
    return value;
  }
  #error() {
    const slot = this.#seen.push(undefined) - 1;
    let Type = Error;
    let message;
    let stack;
    for (let tag = this.#tag(); tag !== "."; tag = this.#tag()) {
      const name = Object.keys(ERROR_TAGS).find((one) => ERROR_TAGS[one] === tag);
      if (name) Type = globalThis[name];
      else if (tag === "m") message = this.readValue();
      else if (tag === "s") stack = this.readValue();
      else this.#fail();
    }
    const error = new Type(message);
    if (stack !== undefined) Object.defineProperty(error, "stack", { value: stack, writable: true, configurable: true });
    this.#seen[slot] = error;
    return error;
  }
  #container(tag) {
    if (tag === "o") return this.#members(this.#keep({}), "{", 1);
    if (tag === "A" || tag === "a") {
      const length = this.readUint32();
      const value = this.#keep(tag === "a" ? new Array(length) : []);
      if (tag === "A") for (let index = 0; index < length; index++) value.push(this.readValue());
      return this.#members(value, tag === "A" ? "$" : "@", 2);
    }
    if (tag === ";") {
      const value = this.#keep(new Map());
      while (this.#peek() !== ":") value.set(this.readValue(), this.readValue());
      return this.#end(value, 1);
    }
    if (tag === "'") {
      const value = this.#keep(new Set());
      while (this.#peek() !== ",") value.add(this.readValue());
      return this.#end(value, 1);
    }
    return this.#fail();
  }
  #members(value, end, counts) {
    while (this.#peek() !== end) value[this.readValue()] = this.readValue();
    return this.#end(value, counts);
  }
  #end(value, counts) {
    this.#tag();
    for (; counts > 0; counts--) this.readUint32();
    return value;
  }
}
