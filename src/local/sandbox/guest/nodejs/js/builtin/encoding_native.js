// What the vendored encoders and decoders ask of their native part: UTF-8, UTF-16 and Latin-1.

import { decodeUtf8, encodeUtf8, encodeUtf8Into, isUtf8, utf8Length } from "hoist:encoding";

const LABELS = {
  "utf-8": ["unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8", "utf-8", "utf8", "x-unicode20utf8"],
  "utf-16le": ["csunicode", "iso-10646-ucs-2", "ucs-2", "unicode", "unicodefeff", "utf-16", "utf-16le"],
  "utf-16be": ["unicodefffe", "utf-16be"],
  "windows-1252": ["ansi_x3.4-1968", "ascii", "cp1252", "cp819", "csisolatin1", "ibm819", "iso-8859-1", "iso-ir-100",
    "iso8859-1", "iso88591", "iso_8859-1", "iso_8859-1:1987", "l1", "latin1", "us-ascii", "windows-1252", "x-cp1252"],
};
const canonical = Object.create(null);
for (const [name, labels] of Object.entries(LABELS)) for (const label of labels) canonical[label] = name;

/** 0x80 to 0x9F of windows-1252, which is what the web means by Latin-1. */
const WINDOWS_1252 = "\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f" +
  "\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178";

export function canonical_encoding(label) {
  return canonical[label.trim().toLowerCase()];
}

export function supports_encoding(label) {
  return canonical_encoding(label) !== undefined;
}

/** The vendored decoder keeps incomplete characters by itself when there is no native one. */
export function has_native_text_decoder() {
  return false;
}

function decodeUtf16(bytes, littleEndian, fatal) {
  let text = "";
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    text += String.fromCharCode(littleEndian ? bytes[at] | (bytes[at + 1] << 8) : (bytes[at] << 8) | bytes[at + 1]);
  }
  if (bytes.length % 2 === 1) text += "\ud800";
  if (fatal && !text.isWellFormed()) return undefined;
  return text.toWellFormed();
}

function decodeWindows1252(bytes) {
  let text = "";
  for (const byte of bytes) text += byte >= 0x80 && byte < 0xa0 ? WINDOWS_1252[byte - 0x80] : String.fromCharCode(byte);
  return text;
}

/** [text, undefined], or [undefined, error]. */
export function decode(bytes, encoding, stream, fatal, ignoreBom) {
  let text;
  if (encoding === "utf-8") {
    if (!fatal || isUtf8(bytes)) text = decodeUtf8(bytes);
  } else if (encoding === "windows-1252") {
    text = decodeWindows1252(bytes);
  } else {
    text = decodeUtf16(bytes, encoding === "utf-16le", fatal);
  }
  if (text === undefined) return [undefined, "Malformed input"];
  if (!ignoreBom && encoding !== "windows-1252" && text.charCodeAt(0) === 0xfeff) text = text.slice(1);
  return [text, undefined];
}

export function encode(text) {
  return encodeUtf8(text.toWellFormed());
}

export function encode_into(text, target) {
  return encodeUtf8Into(text.toWellFormed(), target);
}

export function utf8_byte_length(text) {
  return utf8Length(text.toWellFormed());
}

/** `string_decoder` and `Buffer.toString`: the text of bytes[start, end). */
export function utf8_decode(bytes, start, end) {
  return decodeUtf8(start === undefined ? bytes : bytes.subarray(start, end));
}
