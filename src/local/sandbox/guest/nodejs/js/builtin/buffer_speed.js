// Conversions of `Buffer` that the vendored one makes character by character, for long ones through the host.

import { Buffer } from "node:buffer";
import { toBytes, toText } from "hoist:encoding";

const { apply } = Reflect;
const { from } = Buffer;
const { toString } = Buffer.prototype;

/** Shorter ones are converted faster here than by a call of the host. */
const LONG = 256;

const ENCODINGS = { hex: "hex", latin1: "latin1", binary: "latin1" };
const DECODINGS = { base64: "base64", base64url: "base64", hex: "hex" };

Buffer.prototype.toString = function (encoding, start, end) {
  if (this.length > LONG && typeof encoding === "string" && this instanceof Uint8Array) {
    const name = ENCODINGS[encoding.toLowerCase()];
    if (name !== undefined) return toText(name, this.subarray(start ?? 0, end ?? this.length));
  }
  return arguments.length === 0 ? apply(toString, this, []) : apply(toString, this, [encoding, start, end]);
};
Object.defineProperty(Buffer.prototype.toString, "name", { value: "toString" });

Buffer.from = function (value, encodingOrOffset, length) {
  if (typeof value === "string" && value.length > LONG && typeof encodingOrOffset === "string") {
    const name = DECODINGS[encodingOrOffset.toLowerCase()];
    const bytes = name === undefined ? undefined : toBytes(name, value);
    if (bytes !== undefined) return from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  return from(value, encodingOrOffset, length);
};
Object.defineProperty(Buffer.from, "name", { value: "from" });

const { fill } = Buffer.prototype;
const fillBytes = Uint8Array.prototype.fill;

Buffer.prototype.fill = function (value, start, end, encoding) {
  if (typeof value === "number" && start === undefined && this.length > LONG) return apply(fillBytes, this, [value & 255]);
  return apply(fill, this, [value, start, end, encoding]);
};
Object.defineProperty(Buffer.prototype.fill, "name", { value: "fill" });
