// `node:crypto`: digests, HMAC, random numbers, and what the other `crypto_*.js` give. Everything else throws an
// error that names it.

import host from "hoist:host";
import { Buffer } from "node:buffer";
import { Transform } from "node:stream";
import { nextTick } from "node:process";
import { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } from "__wasm_rquickjs_builtin/internal/errors";
import { DOMException } from "hoist:event-target";
import { HASHES, algorithmOf, bytesOf, coded, output } from "hoist:crypto-base";
import * as ciphers from "hoist:crypto-cipher";
import * as derivation from "hoist:crypto-derive";
import {
  CryptoKey, KeyObject, createPrivateKey, createPublicKey, createSecretKey, generateKeyPair, generateKeyPairSync, secretOf,
} from "hoist:crypto-keys";
import * as signatures from "hoist:crypto-sign";
import { SubtleCrypto, parts } from "hoist:crypto-subtle";

/** Most random bytes of one call of the host. */
const MAX_RANDOM = 65_536;

function unwrap(result) {
  if (result.tag !== "ok") throw new Error(result.val);
  return result.val;
}

/** What `Hash` and `Hmac` share: the data is kept and digested at once at the end. */
class Digest extends Transform {
  #chunks = [];
  #finish;
  #done = false;

  constructor(finish, options) {
    super(options);
    this.#finish = finish;
  }
  update(data, encoding) {
    if (this.#done) throw coded(Error, "ERR_CRYPTO_HASH_FINALIZED", "Digest already called");
    const bytes = bytesOf(data, encoding);
    // Strings were copied already.
    this.#chunks.push(typeof data === "string" ? bytes : bytes.slice());
    return this;
  }
  digest(encoding) {
    if (this.#done) throw coded(Error, "ERR_CRYPTO_HASH_FINALIZED", "Digest already called");
    this.#done = true;
    const bytes = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#chunks = [];
    return output(this.#finish(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)), encoding);
  }
  _transform(chunk, encoding, callback) {
    this.update(chunk, encoding);
    callback();
  }
  _flush(callback) {
    this.push(this.digest());
    callback();
  }
  /** The chunks so far, for a copy. */
  _take(other) {
    this.#chunks = [...other.#chunks];
    if (other.#done) throw coded(Error, "ERR_CRYPTO_HASH_FINALIZED", "Digest already called");
    return this;
  }
}

export class Hash extends Digest {
  #algorithm;
  constructor(algorithm, options) {
    const known = algorithmOf(algorithm);
    if (known === undefined) {
      throw coded(Error, "ERR_CRYPTO_INVALID_DIGEST", "Digest method not supported");
    }
    super((data) => unwrap(host.digest(known, data)), options);
    this.#algorithm = known;
  }
  copy(options) {
    return new Hash(this.#algorithm, options)._take(this);
  }
}

export class Hmac extends Digest {
  constructor(algorithm, key, options) {
    const known = algorithmOf(algorithm);
    if (known === undefined) throw coded(Error, "ERR_CRYPTO_INVALID_DIGEST", `Invalid digest: ${algorithm}`);
    const secret = Uint8Array.from(secretOf(key, options?.encoding));
    super((data) => unwrap(host.hmac(known, secret, data)), options);
  }
}

export const createHash = (algorithm, options) => new Hash(algorithm, options);
export const createHmac = (algorithm, key, options) => new Hmac(algorithm, key, options);

/** A digest in one call. */
export function hash(algorithm, data, encoding = "hex") {
  return new Hash(algorithm).update(data).digest(encoding);
}

export const getHashes = () => [...HASHES];
export const { getCiphers, getCipherInfo, createCipheriv, createDecipheriv, Cipheriv, Decipheriv } = ciphers;
export const { pbkdf2, pbkdf2Sync, scrypt, scryptSync, hkdf, hkdfSync } = derivation;
export const { sign, verify, createSign, createVerify, Sign, Verify, publicEncrypt, privateDecrypt } = signatures;
export { KeyObject, createPrivateKey, createPublicKey, createSecretKey, generateKeyPair, generateKeyPairSync };
/** Curves by OpenSSL's names. */
export const getCurves = () => ["prime256v1", "secp384r1", "secp521r1"];

// ---- random numbers

function fillRandom(bytes) {
  for (let at = 0; at < bytes.length; at += MAX_RANDOM) {
    bytes.set(host.random(Math.min(MAX_RANDOM, bytes.length - at)), at);
  }
  return bytes;
}

function checkSize(size, name = "size") {
  if (typeof size !== "number") throw new ERR_INVALID_ARG_TYPE(name, "number", size);
  if (!(size >= 0 && size <= 2 ** 31 - 1)) throw new ERR_OUT_OF_RANGE(name, ">= 0 && <= 2147483647", size);
}

/** Calls `callback` later with what `run` gives. */
function later(callback, run) {
  if (callback === undefined) return run();
  if (typeof callback !== "function") throw new ERR_INVALID_ARG_TYPE("callback", "function", callback);
  const value = run();
  nextTick(callback, null, value);
  return undefined;
}

export function randomBytes(size, callback) {
  checkSize(size);
  return later(callback, () => Buffer.from(fillRandom(new Uint8Array(size)).buffer));
}
export const pseudoRandomBytes = randomBytes;

export function randomFillSync(buffer, offset = 0, size) {
  const isBuffer = buffer instanceof ArrayBuffer || buffer instanceof SharedArrayBuffer;
  if (!isBuffer && !ArrayBuffer.isView(buffer)) throw new ERR_INVALID_ARG_TYPE("buf", ["ArrayBuffer", "ArrayBufferView"], buffer);
  const unit = buffer.BYTES_PER_ELEMENT ?? 1;
  const all = bytesOf(buffer);
  const start = offset * unit;
  const end = size === undefined ? all.length : start + size * unit;
  if (!(start >= 0 && start <= all.length)) throw new ERR_OUT_OF_RANGE("offset", `>= 0 && <= ${all.length}`, offset);
  if (!(end >= start && end <= all.length)) throw new ERR_OUT_OF_RANGE("size + offset", `<= ${all.length}`, end);
  fillRandom(all.subarray(start, end));
  return buffer;
}

export function randomFill(buffer, offset, size, callback) {
  if (typeof offset === "function") [offset, size, callback] = [0, undefined, offset];
  else if (typeof size === "function") [size, callback] = [undefined, size];
  if (typeof callback !== "function") throw new ERR_INVALID_ARG_TYPE("callback", "function", callback);
  later(callback, () => randomFillSync(buffer, offset, size));
}

/** The range that 48 random bits cover. */
const INT_RANGE = 2 ** 48;

export function randomInt(min, max, callback) {
  if (max === undefined || typeof max === "function") [min, max, callback] = [0, min, max];
  for (const [name, value] of [["min", min], ["max", max]]) {
    if (!Number.isSafeInteger(value)) throw new ERR_INVALID_ARG_TYPE(name, "a safe integer", value);
  }
  if (max <= min) throw new ERR_OUT_OF_RANGE("max", `greater than the value of "min" (${min})`, max);
  const range = max - min;
  if (range >= INT_RANGE) throw new ERR_OUT_OF_RANGE("max - min", `<= ${INT_RANGE - 1}`, range);
  // Numbers above the last multiple of the range would make some results likelier.
  const end = INT_RANGE - (INT_RANGE % range);
  return later(callback, () => {
    for (;;) {
      const bytes = host.random(6);
      let value = 0;
      for (const byte of bytes) value = value * 256 + byte;
      if (value < end) return min + (value % range);
    }
  });
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export function randomUUID() {
  const bytes = host.random(16);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  let out = "";
  for (let at = 0; at < 16; at++) {
    if (at === 4 || at === 6 || at === 8 || at === 10) out += "-";
    out += HEX[bytes[at]];
  }
  return out;
}

export function timingSafeEqual(one, other) {
  const left = bytesOf(one, undefined, "buf1");
  const right = bytesOf(other, undefined, "buf2");
  if (left.length !== right.length) {
    throw coded(RangeError, "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH", "Input buffers must have the same byte length");
  }
  let difference = 0;
  for (let at = 0; at < left.length; at++) difference |= left[at] ^ right[at];
  return difference === 0;
}

// ---- Web Crypto

Object.assign(parts, { createHash, createHmac, timingSafeEqual, randomBytes });

class Crypto {
  #subtle = new SubtleCrypto();
  get subtle() {
    return this.#subtle;
  }
  getRandomValues(array) {
    if (!ArrayBuffer.isView(array) || /^(Float|DataView)/.test(array.constructor.name)) {
      throw new DOMException("The data argument must be an integer-type TypedArray", "TypeMismatchError");
    }
    if (array.byteLength > MAX_RANDOM) {
      throw new DOMException("The requested length exceeds 65,536 bytes", "QuotaExceededError");
    }
    return randomFillSync(array);
  }
  randomUUID() {
    return randomUUID();
  }
}

export const webcrypto = new Crypto();
export const subtle = webcrypto.subtle;
export const getRandomValues = (array) => webcrypto.getRandomValues(array);

globalThis.CryptoKey ??= CryptoKey;

// ---- what is not there

function missing(name) {
  return { [name]: function () {
    throw new Error(`crypto.${name} is not available in Hoist's sandbox`);
  } }[name];
}
const absent = {};
for (const name of ["createDiffieHellman", "createDiffieHellmanGroup", "createECDH", "diffieHellman", "generateKey",
  "generateKeySync", "generatePrime", "generatePrimeSync", "checkPrime", "checkPrimeSync", "getDiffieHellman", "privateEncrypt",
  "publicDecrypt", "setEngine", "X509Certificate", "Certificate", "DiffieHellman", "DiffieHellmanGroup", "ECDH"]) {
  absent[name] = missing(name);
}
const constants = Object.assign(Object.create(null), {
  RSA_PKCS1_PADDING: 1, RSA_NO_PADDING: 3, RSA_PKCS1_OAEP_PADDING: 4, RSA_PKCS1_PSS_PADDING: 6,
  RSA_PSS_SALTLEN_DIGEST: -1, RSA_PSS_SALTLEN_MAX_SIGN: -2, RSA_PSS_SALTLEN_AUTO: -2,
  defaultCoreCipherList: "", TLS1_VERSION: 769, TLS1_1_VERSION: 770, TLS1_2_VERSION: 771, TLS1_3_VERSION: 772,
  POINT_CONVERSION_COMPRESSED: 2, POINT_CONVERSION_UNCOMPRESSED: 4, POINT_CONVERSION_HYBRID: 6,
});
export { constants };

export default {
  ...absent, ...derivation, ...signatures, Cipheriv, Decipheriv, KeyObject, createCipheriv, createDecipheriv, createPrivateKey,
  createPublicKey, createSecretKey, generateKeyPair, generateKeyPairSync, getCipherInfo, Hash, Hmac, constants, createHash, createHmac, getCiphers, getCurves, getHashes, getFips: () => 0,
  getRandomValues, hash, pseudoRandomBytes, randomBytes, randomFill, randomFillSync, randomInt, randomUUID,
  secureHeapUsed: () => ({ total: 0, used: 0, utilization: 0, min: 0 }), subtle, timingSafeEqual, webcrypto,
};
