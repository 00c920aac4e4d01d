// `crypto.subtle`.

import { Buffer } from "node:buffer";
import { DOMException } from "hoist:event-target";
import { ERR_INVALID_ARG_TYPE } from "__wasm_rquickjs_builtin/internal/errors";
import { bytesOf } from "hoist:crypto-base";
import { createCipheriv, createDecipheriv } from "hoist:crypto-cipher";
import { hkdfSync, pbkdf2Sync } from "hoist:crypto-derive";
import { CryptoKey, KeyObject } from "hoist:crypto-keys";
import { privateDecrypt, publicEncrypt, sign, verify } from "hoist:crypto-sign";
import {
  HASHES, buffer, data, exportKey, generateKey, hashName, importKey, named, secretLength,
} from "hoist:crypto-subtle-keys";

/** What the Web Crypto functions need of `node:crypto` itself. */
export const parts = { createHash: undefined, createHmac: undefined, timingSafeEqual: undefined, randomBytes: undefined };

const PKCS1 = 1;
const OAEP = 4;
const PSS = 6;

/** The algorithm and the key object of a key that may be used for this. */
function used(key, given, usage) {
  if (!(key instanceof CryptoKey)) throw new ERR_INVALID_ARG_TYPE("key", "CryptoKey", key);
  const algorithm = named(given);
  if (algorithm.name !== key.algorithm.name) throw new DOMException("Key algorithm mismatch", "InvalidAccessError");
  if (!key.usages.includes(usage)) throw new DOMException(`Unable to use this key to ${usage}`, "InvalidAccessError");
  return [algorithm, KeyObject.from(key)];
}

/** What `run` gives; whatever goes wrong in it is an OperationError. */
function operation(run) {
  try {
    return run();
  } catch (cause) {
    throw new DOMException("The operation failed for an operation-specific reason", { name: "OperationError", cause });
  }
}

/** Digest and key of a signature, as `sign` and `verify` of `node:crypto` take them. */
function signing(algorithm, { algorithm: own }, key) {
  switch (algorithm.name) {
    case "RSASSA-PKCS1-v1_5":
      return [HASHES[own.hash.name], { key, padding: PKCS1 }];
    case "RSA-PSS":
      return [HASHES[own.hash.name], { key, padding: PSS, saltLength: algorithm.saltLength }];
    case "ECDSA":
      return [HASHES[hashName(algorithm.hash)], { key, dsaEncoding: "ieee-p1363" }];
    default:
      return [null, { key }];
  }
}

function cipher(make, { name, iv, counter, additionalData, tagLength = 128 }, secret) {
  const mode = name.slice(4).toLowerCase();
  if (name === "AES-KW") throw new DOMException("Unable to use this key to encrypt", "NotSupportedError");
  const start = mode === "ctr" ? bytesOf(counter, undefined, "algorithm.counter") : bytesOf(iv, undefined, "algorithm.iv");
  const made = make(`aes-${secret.length * 8}-${mode}`, secret, start);
  if (mode === "gcm" && additionalData !== undefined) made.setAAD(bytesOf(additionalData));
  return [made, mode === "gcm" ? tagLength / 8 : 0];
}

function encrypted(algorithm, key, object, bytes) {
  if (algorithm.name === "RSA-OAEP") return publicEncrypt(oaep(algorithm, key, object), bytes);
  const [made, tagLength] = cipher(createCipheriv, algorithm, object.export());
  const pieces = [made.update(bytes), made.final()];
  if (tagLength > 0) pieces.push(made.getAuthTag().subarray(0, tagLength));
  return Buffer.concat(pieces);
}

function decrypted(algorithm, key, object, bytes) {
  if (algorithm.name === "RSA-OAEP") return privateDecrypt(oaep(algorithm, key, object), bytes);
  const [made, tagLength] = cipher(createDecipheriv, algorithm, object.export());
  const end = bytes.length - tagLength;
  if (end < 0) throw new Error("the text is shorter than its tag");
  if (tagLength > 0) made.setAuthTag(bytes.subarray(end));
  return Buffer.concat([made.update(bytes.subarray(0, end)), made.final()]);
}

const oaep = ({ label }, key, object) => ({
  key: object, padding: OAEP, oaepHash: HASHES[key.algorithm.hash.name], oaepLabel: label === undefined ? undefined : bytesOf(label),
});

/** Key wrapping of RFC 3394. */
const WRAP_START = Buffer.alloc(8, 0xa6);
function block(make, secret, bytes) {
  const made = make(`aes-${secret.length * 8}-ecb`, secret, null);
  made.setAutoPadding(false);
  return Buffer.concat([made.update(bytes), made.final()]);
}
/** Exclusive-or of a number with the end of a block of eight bytes. */
function counted(bytes, number) {
  const out = Buffer.from(bytes);
  out.writeUInt32BE((out.readUInt32BE(4) ^ number) >>> 0, 4);
  return out;
}
function wrapped(secret, bytes) {
  if (bytes.length % 8 !== 0 || bytes.length < 16) throw new Error("the key is no multiple of eight bytes");
  const pieces = Array.from({ length: bytes.length / 8 }, (_, at) => Buffer.from(bytes.subarray(at * 8, at * 8 + 8)));
  let start = WRAP_START;
  for (let step = 1; step <= 6 * pieces.length; step++) {
    const at = (step - 1) % pieces.length;
    const out = block(createCipheriv, secret, Buffer.concat([start, pieces[at]]));
    start = counted(out.subarray(0, 8), step);
    pieces[at] = out.subarray(8);
  }
  return Buffer.concat([start, ...pieces]);
}
function unwrapped(secret, bytes) {
  const count = bytes.length / 8 - 1;
  if (!Number.isInteger(count) || count < 2) throw new Error("this is no wrapped key");
  const pieces = Array.from({ length: count }, (_, at) => bytes.subarray(at * 8 + 8, at * 8 + 16));
  let start = bytes.subarray(0, 8);
  for (let step = 6 * count; step > 0; step--) {
    const at = (step - 1) % count;
    const out = block(createDecipheriv, secret, Buffer.concat([counted(start, step), pieces[at]]));
    start = out.subarray(0, 8);
    pieces[at] = out.subarray(8);
  }
  if (!parts.timingSafeEqual(start, WRAP_START)) throw new Error("the wrapped key is not of this key");
  return Buffer.concat(pieces);
}

function derived(algorithm, object, length) {
  if (length === null || length % 8 !== 0) throw new DOMException("length must be a multiple of 8", "OperationError");
  const digest = HASHES[hashName(algorithm.hash)];
  const salt = bytesOf(algorithm.salt, undefined, "algorithm.salt");
  if (algorithm.name === "PBKDF2") return buffer(pbkdf2Sync(object.export(), salt, algorithm.iterations, length / 8, digest));
  return hkdfSync(digest, object, salt, bytesOf(algorithm.info, undefined, "algorithm.info"), length / 8);
}

export class SubtleCrypto {
  async digest(algorithm, value) {
    return buffer(parts.createHash(HASHES[hashName(algorithm)]).update(data(value)).digest());
  }
  async importKey(format, value, algorithm, extractable, usages) {
    return importKey(format, value, algorithm, extractable, usages);
  }
  async exportKey(format, key) {
    return exportKey(format, key);
  }
  async generateKey(algorithm, extractable, usages) {
    return generateKey(algorithm, extractable, usages, parts.randomBytes);
  }
  async sign(given, key, value) {
    const [algorithm, object] = used(key, given, "sign");
    const bytes = data(value);
    if (algorithm.name === "HMAC") return buffer(parts.createHmac(HASHES[key.algorithm.hash.name], object.export()).update(bytes).digest());
    const [digest, options] = signing(algorithm, key, object);
    return operation(() => buffer(sign(digest, bytes, options)));
  }
  async verify(given, key, signature, value) {
    const [algorithm, object] = used(key, given, "verify");
    const [bytes, claimed] = [data(value), data(signature)];
    if (algorithm.name === "HMAC") {
      const expected = parts.createHmac(HASHES[key.algorithm.hash.name], object.export()).update(bytes).digest();
      return expected.length === claimed.length && parts.timingSafeEqual(expected, claimed);
    }
    const [digest, options] = signing(algorithm, key, object);
    return operation(() => verify(digest, bytes, options, claimed));
  }
  async encrypt(given, key, value) {
    const [algorithm, object] = used(key, given, "encrypt");
    return operation(() => buffer(encrypted(algorithm, key, object, data(value))));
  }
  async decrypt(given, key, value) {
    const [algorithm, object] = used(key, given, "decrypt");
    return operation(() => buffer(decrypted(algorithm, key, object, data(value))));
  }
  async deriveBits(given, key, length = null) {
    const [algorithm, object] = used(key, given, "deriveBits");
    return derived(algorithm, object, length);
  }
  async deriveKey(given, key, wanted, extractable, usages) {
    const [algorithm, object] = used(key, given, "deriveKey");
    const bytes = derived(algorithm, object, secretLength(named(wanted)) * 8);
    return importKey("raw", bytes, wanted, extractable, usages);
  }
  async wrapKey(format, key, wrapping, given) {
    const [algorithm, object] = used(wrapping, given, "wrapKey");
    const exported = exportKey(format, key);
    const bytes = format === "jwk" ? Buffer.from(JSON.stringify(exported)) : Buffer.from(exported);
    if (algorithm.name === "AES-KW") return operation(() => buffer(wrapped(object.export(), bytes)));
    return operation(() => buffer(encrypted(algorithm, wrapping, object, bytes)));
  }
  async unwrapKey(format, value, unwrapping, given, wanted, extractable, usages) {
    const [algorithm, object] = used(unwrapping, given, "unwrapKey");
    const bytes = operation(() => (algorithm.name === "AES-KW" ? unwrapped(object.export(), Buffer.from(data(value))) :
      decrypted(algorithm, unwrapping, object, data(value))));
    return importKey(format, format === "jwk" ? JSON.parse(bytes.toString()) : bytes, wanted, extractable, usages);
  }
}
