// In the place of `base64-js`: the host converts what is long.

import { toBytes, toText } from "hoist:encoding";

/** Standard base64 with padding. */
export function fromByteArray(bytes) {
  return toText("base64", bytes);
}

/** Bytes of base64 in either alphabet; whatever else stands there is skipped, as Node does. */
export function toByteArray(text) {
  return toBytes("base64", text);
}

/** How many bytes `text` stands for. */
export function byteLength(text) {
  return toByteArray(text).length;
}
