// What the vendored `Buffer` does byte by byte: long ones through the host or by the engine's own methods. Whatever is
// short or out of the ordinary goes to the vendored method, which also reports wrong arguments.

import buffer, { Buffer } from "node:buffer";
import { compare, decodeUtf16, find, findLast, isAscii, isUtf8, toBytes, toText } from "hoist:encoding";

const { apply } = Reflect;
const { set, copyWithin, fill: fillByte } = Uint8Array.prototype;
const { from } = Buffer;
const prototype = Buffer.prototype;

/** Shorter ones are converted faster here than by a call of the host. */
const LONG = 256;

/** Replaces a method; `original` is the one that was there. */
function replace(target, name, make) {
  const original = target[name];
  const method = make(original);
  Object.defineProperty(method, "name", { value: name, configurable: true });
  Object.defineProperty(method, "length", { value: original.length, configurable: true });
  target[name] = method;
}

const isLong = (value) => value instanceof Uint8Array && value.length > LONG;
const canonical = (encoding) => (typeof encoding === "string" ? NAMES[encoding] ?? NAMES[encoding.toLowerCase()] : undefined);
const NAMES = { __proto__: null, utf8: "utf8", "utf-8": "utf8", hex: "hex", base64: "base64", base64url: "base64url",
  latin1: "latin1", binary: "latin1", ascii: "ascii", utf16le: "utf16le", "utf-16le": "utf16le", ucs2: "utf16le", "ucs-2": "utf16le" };

// ---- to text

const toTexts = {
  __proto__: null, utf16le: decodeUtf16,
  ...Object.fromEntries(["hex", "base64", "base64url", "latin1", "ascii"].map((name) => [name, (bytes) => toText(name, bytes)])),
};
const isPlace = (value, length) => value === undefined || (Number.isInteger(value) && value >= 0 && value <= length);

replace(prototype, "toString", (original) => function (encoding, start, end) {
  if (isLong(this) && isPlace(start, this.length) && isPlace(end, this.length)) {
    const convert = toTexts[canonical(encoding)];
    if (convert !== undefined) return convert(this.subarray(start ?? 0, end ?? this.length));
  }
  return arguments.length === 0 ? apply(original, this, []) : apply(original, this, [encoding, start, end]);
});

// The methods behind `toString`, which packages call by themselves.
for (const encoding of ["ascii", "base64", "base64url", "hex", "latin1", "ucs2", "utf8"]) {
  const name = `${encoding}Slice`;
  prototype[name] = { [name](start, end) {
    return this.toString(encoding, start, end);
  } }[name];
}
prototype.base64urlWrite = function base64urlWrite(text, offset = 0, length = this.length - offset) {
  return this.write(text, offset, length, "base64url");
};

// ---- from text

/** The bytes of a long text, or undefined: a code unit of half a character does not reach the host as it is. */
function bytesOf(text, encoding) {
  if (typeof text !== "string" || text.length <= LONG) return undefined;
  switch (canonical(encoding)) {
    case "base64":
    case "base64url":
      return toBytes("base64", text);
    case "hex":
      return toBytes("hex", text);
    case "latin1":
    case "ascii":
      return text.isWellFormed() ? toBytes("latin1", text) : undefined;
    case "utf16le":
      return text.isWellFormed() ? toBytes("utf16le", text) : undefined;
    default:
      return undefined;
  }
}

replace(Buffer, "from", () => function (value, encodingOrOffset, length) {
  const bytes = bytesOf(value, encodingOrOffset);
  if (bytes !== undefined) return from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return from(value, encodingOrOffset, length);
});

/** As Node does, which does not look at what is written: the length and the padding tell. */
function base64Length(text) {
  let digits = text.length;
  if (text.endsWith("=")) digits--;
  if (digits > 1 && text[digits - 1] === "=") digits--;
  return (digits * 3) >>> 2;
}

replace(Buffer, "byteLength", (original) => function (value, encoding) {
  const isBase64 = typeof value === "string" && canonical(encoding)?.startsWith("base64");
  return isBase64 ? base64Length(value) : apply(original, Buffer, arguments);
});

replace(prototype, "write", (original) => function (text, offset, length, encoding) {
  let [start, most, name] = [offset, length, encoding];
  if (typeof start === "string") [start, most, name] = [0, undefined, start];
  else if (typeof most === "string") [most, name] = [undefined, most];
  if (isLong(this) && isPlace(start, this.length) && (most === undefined || (Number.isInteger(most) && most >= 0))) {
    let bytes = bytesOf(text, name);
    if (bytes !== undefined) {
      const at = start ?? 0;
      let room = Math.min(this.length - at, most ?? Infinity);
      if (canonical(name) === "utf16le") room -= room % 2;
      if (bytes.length > room) bytes = bytes.subarray(0, room);
      apply(set, this, [bytes, at]);
      return bytes.length;
    }
  }
  // Half of a code unit is not written.
  if (canonical(name) === "utf16le" && most % 2 === 1) return apply(original, this, [text, start, most - 1, name]);
  return apply(original, this, [text, offset, length, encoding]);
});

// ---- filling

replace(prototype, "fill", (original) => function (value, start, end, encoding) {
  let [first, last, name] = [start, end, encoding];
  if (typeof value === "string") {
    if (typeof first === "string") [first, last, name] = [undefined, undefined, first];
    else if (typeof last === "string") [last, name] = [undefined, last];
  }
  if (isLong(this) && this.length === this.byteLength && isPlace(first, this.length) && isPlace(last, this.length)) {
    const from = first ?? 0;
    const to = last ?? this.length;
    if (typeof value === "number") return apply(fillByte, this, [value & 255, from, to]);
    const pattern = typeof value !== "string" ? value : name === undefined || canonical(name) ? Buffer.from(value, name) : undefined;
    if (pattern instanceof Uint8Array && pattern.length > 0 && from < to) {
      // The pattern once, then what is there already, twice as much each time.
      const piece = Math.min(pattern.length, to - from);
      apply(set, this, [pattern.subarray(0, piece), from]);
      for (let done = piece; done < to - from; done *= 2) {
        apply(copyWithin, this, [from + done, from, from + Math.min(done, to - from - done)]);
      }
      return this;
    }
  }
  return apply(original, this, [value, start, end, encoding]);
});

// ---- searching and comparing

/** What is searched for, as bytes; undefined for what the vendored method treats in its own way. */
function needleOf(value, offset, encoding) {
  if (offset !== undefined && typeof offset !== "number") return undefined;
  if (encoding !== undefined && (canonical(encoding) ?? "utf16le") === "utf16le") return undefined;
  const bytes = typeof value === "string" ? Buffer.from(value, encoding) : value;
  return bytes instanceof Uint8Array && bytes.length > 0 ? bytes : undefined;
}

/** A whole number; `otherwise` when there is none. */
const place = (offset, otherwise) => (offset === undefined || Number.isNaN(offset) ? otherwise : Math.trunc(offset));

replace(prototype, "indexOf", (original) => function (value, offset, encoding) {
  const needle = isLong(this) ? needleOf(value, offset, encoding) : undefined;
  if (needle === undefined) return apply(original, this, [value, offset, encoding]);
  const from = place(offset, 0);
  return find(this, needle, from < 0 ? Math.max(0, this.length + from) : from);
});

replace(prototype, "lastIndexOf", (original) => function (value, offset, encoding) {
  const needle = isLong(this) ? needleOf(value, offset, encoding) : undefined;
  if (needle === undefined) return apply(original, this, [value, offset, encoding]);
  const from = place(offset, this.length);
  const at = from < 0 ? this.length + from : from;
  return at < 0 ? -1 : findLast(this, needle, at);
});

replace(Buffer, "compare", (original) => function (one, other) {
  return isLong(one) && isLong(other) ? compare(one, other) : original(one, other);
});

replace(prototype, "compare", (original) => function (target, ...places) {
  const isWhole = places.every((place) => place === undefined);
  return isWhole && isLong(this) && isLong(target) ? compare(this, target) : apply(original, this, [target, ...places]);
});

replace(prototype, "equals", (original) => function (other) {
  if (!isLong(this) || !isLong(other)) return apply(original, this, [other]);
  return this.length === other.length && compare(this, other) === 0;
});

// ---- recognizing

for (const [name, recognize] of [["isUtf8", isUtf8], ["isAscii", isAscii]]) {
  replace(buffer, name, (original) => function (input) {
    return isLong(input) ? recognize(input) : original(input);
  });
}
