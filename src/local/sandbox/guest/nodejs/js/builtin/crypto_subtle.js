// `crypto.subtle`: digests, HMAC, and AES in GCM and CBC.

import { Buffer } from "node:buffer";
import { DOMException } from "hoist:event-target";
import { ERR_INVALID_ARG_TYPE } from "__wasm_rquickjs_builtin/internal/errors";
import { bytesOf } from "hoist:crypto-base";
import { createCipheriv, createDecipheriv } from "hoist:crypto-cipher";
import { CryptoKey, KeyObject, createSecretKey, cryptoKey } from "hoist:crypto-keys";

/** What the Web Crypto functions need of `node:crypto` itself. */
export const parts = { createHash: undefined, createHmac: undefined, timingSafeEqual: undefined, randomBytes: undefined };

const HASHES = { "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512" };
const BLOCKS = { "SHA-1": 64, "SHA-256": 64, "SHA-384": 128, "SHA-512": 128 };

const unsupported = (what) => new DOMException(`${what} is not available in Hoist's sandbox`, "NotSupportedError");
const named = (algorithm) => (typeof algorithm === "string" ? { name: algorithm } : algorithm ?? {});

function hashName(hash) {
  const name = `${named(hash).name}`.toUpperCase();
  if (!(name in HASHES)) throw new DOMException("Unrecognized algorithm name", "NotSupportedError");
  return name;
}

function data(value) {
  if (typeof value === "string") throw new ERR_INVALID_ARG_TYPE("data", ["ArrayBuffer", "ArrayBufferView"], value);
  return bytesOf(value);
}

const buffer = (bytes) => Uint8Array.from(bytes).buffer;

function secretKey(bytes, algorithm, extractable, usages) {
  const name = `${algorithm.name}`.toUpperCase();
  const allowed = name === "HMAC" ? ["sign", "verify"] : ["encrypt", "decrypt", "wrapKey", "unwrapKey"];
  if (usages.length === 0 || usages.some((usage) => !allowed.includes(usage))) {
    throw new DOMException(usages.length === 0 ? "Usages cannot be empty when importing a secret key." :
      `Unsupported key usage for a ${name} key`, "SyntaxError");
  }
  const object = createSecretKey(bytes);
  if (name === "HMAC") {
    const full = { name, hash: { name: hashName(algorithm.hash) }, length: bytes.length * 8 };
    return cryptoKey(object, full, extractable, usages);
  }
  if (name !== "AES-GCM" && name !== "AES-CBC") throw unsupported(`A key for ${algorithm.name}`);
  if (![16, 24, 32].includes(bytes.length)) throw new DOMException("Invalid key length", "DataError");
  return cryptoKey(object, { name, length: bytes.length * 8 }, extractable, usages);
}

/** The bytes of a key that may be used for this. */
function used(key, algorithm, usage) {
  if (!(key instanceof CryptoKey)) throw new ERR_INVALID_ARG_TYPE("key", "CryptoKey", key);
  const name = `${named(algorithm).name}`.toUpperCase();
  if (name !== key.algorithm.name) throw new DOMException("Key algorithm mismatch", "InvalidAccessError");
  if (!key.usages.includes(usage)) throw new DOMException(`Unable to use this key to ${usage}`, "InvalidAccessError");
  return KeyObject.from(key).export();
}

function failed() {
  return new DOMException("The operation failed for an operation-specific reason", "OperationError");
}

export class SubtleCrypto {
  async digest(algorithm, value) {
    return buffer(parts.createHash(HASHES[hashName(algorithm)]).update(data(value)).digest());
  }
  async importKey(format, value, algorithm, extractable, usages) {
    const wanted = named(algorithm);
    if (format === "raw") return secretKey(data(value), wanted, extractable, usages);
    if (format !== "jwk" || value?.kty !== "oct") throw unsupported(`Importing a key as ${format}${value?.kty ? ` ${value.kty}` : ""}`);
    return secretKey(Buffer.from(value.k, "base64url"), wanted, extractable, usages);
  }
  async exportKey(format, key) {
    if (!key.extractable) throw new DOMException("key is not extractable", "InvalidAccessException");
    const bytes = KeyObject.from(key).export();
    if (format === "raw") return buffer(bytes);
    if (format !== "jwk") throw unsupported(`Exporting a key as ${format}`);
    const { name, hash, length } = key.algorithm;
    const alg = name === "HMAC" ? hash.name.replace("SHA-", "HS") : `A${length}${name.slice(4)}`;
    return { key_ops: [...key.usages], ext: key.extractable, kty: "oct", k: bytes.toString("base64url"), alg };
  }
  async generateKey(algorithm, extractable, usages) {
    const wanted = named(algorithm);
    if (`${wanted.name}`.toUpperCase() === "HMAC") {
      const length = wanted.length === undefined ? BLOCKS[hashName(wanted.hash)] : Math.ceil(wanted.length / 8);
      return secretKey(parts.randomBytes(length), wanted, extractable, usages);
    }
    if (![128, 192, 256].includes(wanted.length)) throw new DOMException("Invalid key length", "OperationError");
    return secretKey(parts.randomBytes(wanted.length / 8), wanted, extractable, usages);
  }
  async sign(algorithm, key, value) {
    const secret = used(key, algorithm, "sign");
    return buffer(parts.createHmac(HASHES[key.algorithm.hash.name], secret).update(data(value)).digest());
  }
  async verify(algorithm, key, signature, value) {
    const secret = used(key, algorithm, "verify");
    const expected = parts.createHmac(HASHES[key.algorithm.hash.name], secret).update(data(value)).digest();
    const given = data(signature);
    return expected.length === given.length && parts.timingSafeEqual(expected, given);
  }
  async encrypt(algorithm, key, value) {
    const secret = used(key, algorithm, "encrypt");
    const [cipher, tagLength] = this.#cipher(createCipheriv, algorithm, key, secret);
    const text = [cipher.update(data(value)), cipher.final()];
    if (tagLength > 0) text.push(cipher.getAuthTag().subarray(0, tagLength));
    return buffer(Buffer.concat(text));
  }
  async decrypt(algorithm, key, value) {
    const secret = used(key, algorithm, "decrypt");
    const bytes = data(value);
    try {
      const [cipher, tagLength] = this.#cipher(createDecipheriv, algorithm, key, secret);
      const end = bytes.length - tagLength;
      if (end < 0) throw failed();
      if (tagLength > 0) cipher.setAuthTag(bytes.subarray(end));
      return buffer(Buffer.concat([cipher.update(bytes.subarray(0, end)), cipher.final()]));
    } catch {
      throw failed();
    }
  }
  #cipher(make, { iv, additionalData, tagLength = 128 }, key, secret) {
    const gcm = key.algorithm.name === "AES-GCM";
    const cipher = make(`aes-${secret.length * 8}-${gcm ? "gcm" : "cbc"}`, secret, bytesOf(iv, undefined, "algorithm.iv"));
    if (gcm && additionalData !== undefined) cipher.setAAD(bytesOf(additionalData));
    return [cipher, gcm ? tagLength / 8 : 0];
  }
}
for (const name of ["deriveKey", "deriveBits", "wrapKey", "unwrapKey"]) {
  Object.defineProperty(SubtleCrypto.prototype, name, {
    value: async () => {
      throw unsupported(`crypto.subtle.${name}`);
    },
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
