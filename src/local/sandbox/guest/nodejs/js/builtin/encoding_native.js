// What the vendored encoders and decoders ask of their native part: UTF-8, UTF-16 and Latin-1.

import { decodeUtf16, decodeUtf8, encodeUtf8, encodeUtf8Into, isUtf8, toText, utf8Length } from "hoist:encoding";

const LABELS = {
  "utf-8": ["unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8", "utf-8", "utf8", "x-unicode20utf8"],
  "utf-16le": ["csunicode", "iso-10646-ucs-2", "ucs-2", "unicode", "unicodefeff", "utf-16", "utf-16le"],
  "utf-16be": ["unicodefffe", "utf-16be"],
  "windows-1252": ["ansi_x3.4-1968", "ascii", "cp1252", "cp819", "csisolatin1", "ibm819", "iso-8859-1", "iso-ir-100",
    "iso8859-1", "iso88591", "iso_8859-1", "iso_8859-1:1987", "l1", "latin1", "us-ascii", "windows-1252", "x-cp1252"],
};
const canonical = Object.create(null);
for (const [name, labels] of Object.entries(LABELS)) for (const label of labels) canonical[label] = name;

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

function decodeUtf16Text(bytes, littleEndian, fatal) {
  let text = decodeUtf16(littleEndian ? bytes : swapped(bytes));
  if (bytes.length % 2 === 1) text += "\ud800";
  if (fatal && !text.isWellFormed()) return undefined;
  return text.toWellFormed();
}

function swapped(bytes) {
  const copy = Uint8Array.from(bytes);
  for (let at = 0; at + 1 < copy.length; at += 2) [copy[at], copy[at + 1]] = [copy[at + 1], copy[at]];
  return copy;
}

/** [text, undefined], or [undefined, error]. */
export function decode(bytes, encoding, stream, fatal, ignoreBom) {
  let text;
  if (encoding === "utf-8") {
    if (!fatal || isUtf8(bytes)) text = decodeUtf8(bytes);
  } else if (encoding === "windows-1252") {
    text = toText("windows-1252", bytes);
  } else {
    text = decodeUtf16Text(bytes, encoding === "utf-16le", fatal);
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
