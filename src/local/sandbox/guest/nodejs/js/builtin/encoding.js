// Text and bytes. Short texts are converted here, long ones by the host: a loop over a megabyte takes this
// engine a tenth of a second.

import host from "hoist:host";

const charCodeAt = String.prototype.charCodeAt;
const fromCharCode = String.fromCharCode;
const { apply } = Reflect;

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

/** Whether `bytes` are UTF-8 from start to end. */
export function isUtf8(bytes) {
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
