// Text and bytes. Short texts are converted here, long ones by the host: a loop over a megabyte takes this
// engine a tenth of a second.

import host from "hoist:host";

const charCodeAt = String.prototype.charCodeAt;
const fromCharCode = String.fromCharCode;
const { apply } = Reflect;

const NOTHING = new Uint8Array(0);

/** From this length on (code units, bytes) a call of the host is faster than a loop. */
const LONG = 256;

/** The UTF-8 bytes of a well-formed string. */
export function encodeUtf8(text) {
  if (text.length > LONG) return host.encode("utf8", text).val;
  const bytes = new Uint8Array(text.length * 3);
  return bytes.slice(0, write(text, text.length, bytes).written);
}

/** Writes as many whole characters as fit: { read (code units), written (bytes) }. */
export function encodeUtf8Into(text, target) {
  if (text.length > LONG && target.length >= text.length) {
    const bytes = host.encode("utf8", text).val;
    if (bytes.length <= target.length) {
      target.set(bytes);
      return { read: text.length, written: bytes.length };
    }
  }
  return write(text, text.length, target);
}

function write(text, length, target) {
  const room = target.length;
  let at = 0;
  let read = 0;
  while (read < length) {
    const unit = apply(charCodeAt, text, [read]);
    if (unit < 0x80) {
      if (at + 1 > room) break;
      target[at++] = unit;
    } else if (unit < 0x800) {
      if (at + 2 > room) break;
      target[at++] = 0xc0 | (unit >> 6);
      target[at++] = 0x80 | (unit & 0x3f);
    } else if (unit < 0xd800 || unit > 0xdfff) {
      if (at + 3 > room) break;
      target[at++] = 0xe0 | (unit >> 12);
      target[at++] = 0x80 | ((unit >> 6) & 0x3f);
      target[at++] = 0x80 | (unit & 0x3f);
    } else {
      if (at + 4 > room) break;
      const code = 0x10000 + ((unit & 0x3ff) << 10) + (apply(charCodeAt, text, [++read]) & 0x3ff);
      target[at++] = 0xf0 | (code >> 18);
      target[at++] = 0x80 | ((code >> 12) & 0x3f);
      target[at++] = 0x80 | ((code >> 6) & 0x3f);
      target[at++] = 0x80 | (code & 0x3f);
    }
    read++;
  }
  return { read, written: at };
}

/** How many bytes a well-formed string has in UTF-8. */
export function utf8Length(text) {
  if (text.length > LONG) return host.encode("utf8", text).val.length;
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = apply(charCodeAt, text, [at]);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else if (unit < 0xd800 || unit > 0xdfff) length += 3;
    else {
      length += 4;
      at++;
    }
  }
  return length;
}

/** Text from UTF-8 bytes; what is no UTF-8 becomes U+FFFD. */
export function decodeUtf8(bytes) {
  if (bytes.length <= LONG) {
    let text = "";
    let at = 0;
    while (at < bytes.length && bytes[at] < 0x80) text += fromCharCode(bytes[at++]);
    if (at === bytes.length) return text;
  }
  return host.decode("utf8", bytes).val;
}

/** Whether `bytes` are ASCII from start to end. */
export function isAscii(bytes) {
  return host.look("ascii", bytes, NOTHING) === 1;
}

/** Whether `bytes` are UTF-8 from start to end. */
export function isUtf8(bytes) {
  if (bytes.length > LONG) return host.look("utf8", bytes, NOTHING) === 1;
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at++];
    if (lead < 0x80) continue;
    const more = lead >= 0xc2 && lead < 0xe0 ? 1 : lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xf0 && lead < 0xf5 ? 3 : 0;
    if (more === 0 || at + more > bytes.length) return false;
    const second = bytes[at];
    if ((lead === 0xe0 && second < 0xa0) || (lead === 0xed && second > 0x9f)) return false;
    if ((lead === 0xf0 && second < 0x90) || (lead === 0xf4 && second > 0x8f)) return false;
    for (let index = 0; index < more; index++) if ((bytes[at++] & 0xc0) !== 0x80) return false;
  }
  return true;
}

/** Bytes in another text form ("base64", "latin1", "hex") as text. */
export function toText(encoding, bytes) {
  return host.decode(encoding, bytes).val;
}

/** Text in another text form as bytes; undefined when it is not in that form. */
export function toBytes(encoding, text) {
  const result = host.encode(encoding, text);
  return result.tag === "ok" ? result.val : undefined;
}

/** Code units of one call of `fromCharCode`. */
const PIECE = 4096;

/** Text from UTF-16 in little endian; an odd byte at the end is left out. */
export function decodeUtf16(bytes) {
  const result = host.decode("utf16le", bytes);
  if (result.tag === "ok") return result.val;
  // Half a character does not come through from the host.
  // A copy: the engine wants the units aligned.
  const even = bytes.length - (bytes.length % 2);
  const units = new Uint16Array(Uint8Array.from(view(bytes, 0, even)).buffer);
  const pieces = [];
  for (let at = 0; at < units.length; at += PIECE) pieces.push(apply(fromCharCode, undefined, units.subarray(at, at + PIECE)));
  return pieces.join("");
}

/** `bytes` from `start` up to `end`, not copied and not of a class of `bytes`' own. */
function view(bytes, start, end) {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}

/** Bytes that one call of the host gets at first. It is four times as much at every further one. */
const WINDOW = 16_384;
/** Places that are tried without the host. */
const TRIES = 16;
const { indexOf } = Uint8Array.prototype;

/** Where `needle`, which is not empty, lies in `bytes` at or after `from`; -1 for nowhere. */
export function find(bytes, needle, from) {
  const last = bytes.length - needle.length;
  let at = from;
  for (let tried = 0; tried < TRIES; tried++) {
    at = apply(indexOf, bytes, [needle[0], at]);
    if (at === -1 || at > last) return -1;
    if (compare(view(bytes, at, at + needle.length), needle) === 0) return at;
    at++;
  }
  for (let window = WINDOW; at <= last; window *= 4) {
    const end = Math.min(bytes.length, at + window + needle.length - 1);
    const found = host.look("find", view(bytes, at, end), needle);
    if (found !== -1) return at + found;
    at = end - needle.length + 1;
  }
  return -1;
}

/** Where `needle`, which is not empty, lies in `bytes` at or before `from`; -1 for nowhere. */
export function findLast(bytes, needle, from) {
  let end = Math.min(bytes.length, from + needle.length);
  for (let window = WINDOW; end >= needle.length; window *= 4) {
    const start = Math.max(0, end - window - needle.length + 1);
    const found = host.look("find-last", view(bytes, start, end), needle);
    if (found !== -1) return start + found;
    end = start + needle.length - 1;
  }
  return -1;
}

/** Bytes that are compared without the host. */
const NEAR = 32;

/** -1, 0 or 1 as `one` comes before `other` or after it. */
export function compare(one, other) {
  const length = Math.min(one.length, other.length);
  const near = Math.min(length, NEAR);
  for (let at = 0; at < near; at++) if (one[at] !== other[at]) return one[at] < other[at] ? -1 : 1;
  let at = near;
  for (let window = WINDOW; at < length; window *= 4) {
    const end = Math.min(length, at + window);
    const order = host.look("compare", view(one, at, end), view(other, at, end));
    if (order !== 0) return order;
    at = end;
  }
  return one.length < other.length ? -1 : one.length > other.length ? 1 : 0;
}
