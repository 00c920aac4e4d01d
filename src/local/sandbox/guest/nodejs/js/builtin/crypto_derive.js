// Keys from passwords and from other keys.

import host from "hoist:host";
import { Buffer } from "node:buffer";
import { bytesOf, coded, digestOf, inTurn, integer, operate, output } from "hoist:crypto-base";
import { secretOf } from "hoist:crypto-keys";

export function pbkdf2Sync(password, salt, iterations, keylen, digest) {
  const options = { iterations: integer(iterations, "iterations", 1), length: integer(keylen, "keylen"), digest: digestOf(digest) };
  return output(operate("pbkdf2", options, bytesOf(password, "utf8", "password"), bytesOf(salt, "utf8", "salt"))[0]);
}
export function pbkdf2(password, salt, iterations, keylen, digest, callback) {
  digestOf(digest);
  inTurn(callback, () => pbkdf2Sync(password, salt, iterations, keylen, digest));
}

export function scryptSync(password, salt, keylen, options = {}) {
  const pick = (one, other, preset) => options[one] ?? options[other] ?? preset;
  const cost = {
    n: integer(pick("N", "cost", 16384), "N", 0, 2 ** 32 - 1), r: integer(pick("r", "blockSize", 8), "r", 0, 2 ** 32 - 1),
    p: integer(pick("p", "parallelization", 1), "p", 0, 2 ** 32 - 1),
    maxmem: integer(options.maxmem ?? 32 << 20, "maxmem", 0, Number.MAX_SAFE_INTEGER),
  };
  const parts = [bytesOf(password, "utf8", "password"), bytesOf(salt, "utf8", "salt")];
  return output(operate("scrypt", { cost, length: integer(keylen, "keylen") }, ...parts)[0]);
}
export function scrypt(password, salt, keylen, options, callback) {
  if (typeof options === "function") [options, callback] = [{}, options];
  inTurn(callback, () => scryptSync(password, salt, keylen, options));
}

/** HKDF (RFC 5869). */
export function hkdfSync(digest, key, salt, info, keylen) {
  const algorithm = digestOf(digest);
  const hmac = (secret, data) => {
    const result = host.hmac(algorithm, secret, data);
    if (result.tag !== "ok") throw new Error(result.val);
    return result.val;
  };
  const plain = (bytes) => Uint8Array.from(bytes);
  const secret = hmac(plain(bytesOf(salt, "utf8", "salt")), plain(secretOf(key)));
  if (integer(keylen, "length") > 255 * secret.length) throw coded(RangeError, "ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length");
  const context = bytesOf(info, "utf8", "info");
  const blocks = [];
  let last = new Uint8Array(0);
  for (let made = 0; made < keylen; made += last.length) {
    last = hmac(secret, plain(Buffer.concat([last, context, Uint8Array.of(blocks.length + 1)])));
    blocks.push(last);
  }
  return Uint8Array.from(Buffer.concat(blocks).subarray(0, keylen)).buffer;
}
export function hkdf(digest, key, salt, info, keylen, callback) {
  inTurn(callback, () => hkdfSync(digest, key, salt, info, keylen));
}
