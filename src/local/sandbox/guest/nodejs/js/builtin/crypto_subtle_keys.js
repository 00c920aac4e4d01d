// Keys of Web Crypto: which algorithms there are, what their keys may be used for, and their formats.

import { Buffer } from "node:buffer";
import { DOMException } from "hoist:event-target";
import { ERR_INVALID_ARG_TYPE } from "__wasm_rquickjs_builtin/internal/errors";
import { bytesOf } from "hoist:crypto-base";
import {
  KeyObject, createPrivateKey, createPublicKey, createSecretKey, cryptoKey, generateKeyPairSync,
} from "hoist:crypto-keys";

export const HASHES = { "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512" };
/** Bytes of a hash's block: the length of an HMAC key that says none. */
const BLOCKS = { "SHA-1": 64, "SHA-256": 64, "SHA-384": 128, "SHA-512": 128 };
const CURVES = { "P-256": "prime256v1", "P-384": "secp384r1", "P-521": "secp521r1" };

const CIPHER = { secret: ["encrypt", "decrypt", "wrapKey", "unwrapKey"] };
const SIGNATURE = { private: ["sign"], public: ["verify"] };
const DERIVATION = { secret: ["deriveKey", "deriveBits"] };
/** What the keys of each algorithm may be used for, by their type. */
const USAGES = {
  HMAC: { secret: ["sign", "verify"] }, "AES-GCM": CIPHER, "AES-CBC": CIPHER, "AES-CTR": CIPHER,
  "AES-KW": { secret: ["wrapKey", "unwrapKey"] }, PBKDF2: DERIVATION, HKDF: DERIVATION, "RSASSA-PKCS1-v1_5": SIGNATURE,
  "RSA-PSS": SIGNATURE, ECDSA: SIGNATURE, Ed25519: SIGNATURE,
  "RSA-OAEP": { private: ["decrypt", "unwrapKey"], public: ["encrypt", "wrapKey"] },
};
const NAMES = new Map(Object.keys(USAGES).map((name) => [name.toUpperCase(), name]));

export const unsupported = (what) =>
  new DOMException(`${what} is not available in Hoist's sandbox; --process runs the function outside of it`, "NotSupportedError");

/** An algorithm with its name as the standard writes it. */
export function named(algorithm) {
  const given = typeof algorithm === "string" ? { name: algorithm } : algorithm ?? {};
  return { ...given, name: NAMES.get(`${given.name}`.toUpperCase()) ?? `${given.name}` };
}

export function hashName(hash) {
  const name = `${(typeof hash === "string" ? hash : hash?.name) ?? ""}`.toUpperCase();
  if (!(name in HASHES)) throw new DOMException("Unrecognized algorithm name", "NotSupportedError");
  return name;
}

/** The bytes of an argument; a text is none. */
export function data(value) {
  if (typeof value === "string") throw new ERR_INVALID_ARG_TYPE("data", ["ArrayBuffer", "ArrayBufferView"], value);
  return bytesOf(value);
}

export const buffer = (bytes) => Uint8Array.from(bytes).buffer;

function checkUsages(algorithm, type, usages) {
  const allowed = USAGES[algorithm.name]?.[type];
  if (allowed === undefined) throw unsupported(`A key for ${algorithm.name}`);
  if (usages.length === 0 && type !== "public") {
    throw new DOMException(`Usages cannot be empty when importing a ${type} key.`, "SyntaxError");
  }
  if (usages.some((usage) => !allowed.includes(usage))) {
    throw new DOMException(`Unsupported key usage for a ${algorithm.name} key`, "SyntaxError");
  }
}

function secretKey(bytes, algorithm, extractable, usages) {
  const { name } = algorithm;
  checkUsages(algorithm, "secret", usages);
  const object = createSecretKey(bytes);
  if (name === "HMAC") {
    return cryptoKey(object, { name, hash: { name: hashName(algorithm.hash) }, length: bytes.length * 8 }, extractable, usages);
  }
  if (name === "PBKDF2" || name === "HKDF") return cryptoKey(object, { name }, false, usages);
  if (![16, 24, 32].includes(bytes.length)) throw new DOMException("Invalid key length", "DataError");
  return cryptoKey(object, { name, length: bytes.length * 8 }, extractable, usages);
}

/** What a key says of itself, in the words of the standard. */
function described(object, algorithm) {
  const { name } = algorithm;
  const { modulusLength, namedCurve } = object.asymmetricKeyDetails;
  const type = object.asymmetricKeyType;
  if (name.startsWith("RSA")) {
    if (type !== "rsa") throw new DOMException("Invalid key type", "DataError");
    return { name, modulusLength, publicExponent: Uint8Array.of(1, 0, 1), hash: { name: hashName(algorithm.hash) } };
  }
  if (name === "Ed25519") {
    if (type !== "ed25519") throw new DOMException("Invalid key type", "DataError");
    return { name };
  }
  const curve = Object.keys(CURVES).find((one) => CURVES[one] === namedCurve);
  if (type !== "ec" || curve !== algorithm.namedCurve) throw new DOMException("Named curve mismatch", "DataError");
  return { name, namedCurve: curve };
}

function asymmetricKey(object, algorithm, extractable, usages) {
  checkUsages(algorithm, object.type, usages);
  return cryptoKey(object, described(object, algorithm), extractable, usages);
}

/** A public key of nothing but its point, as JWK. */
function jwkOfPoint(bytes, { name, namedCurve }) {
  const text = (part) => Buffer.from(part).toString("base64url");
  if (name === "Ed25519") return { kty: "OKP", crv: name, x: text(bytes) };
  const half = (bytes.length - 1) / 2;
  if (bytes[0] !== 4) throw new DOMException("Invalid keyData", "DataError");
  return { kty: "EC", crv: namedCurve, x: text(bytes.subarray(1, 1 + half)), y: text(bytes.subarray(1 + half)) };
}

function keyObject(format, value, algorithm) {
  try {
    switch (format) {
      case "spki":
        return createPublicKey({ key: data(value), format: "der", type: "spki" });
      case "pkcs8":
        return createPrivateKey({ key: data(value), format: "der", type: "pkcs8" });
      case "raw":
        return createPublicKey({ key: jwkOfPoint(data(value), algorithm), format: "jwk" });
      default:
        return (value.d === undefined ? createPublicKey : createPrivateKey)({ key: value, format: "jwk" });
    }
  } catch (cause) {
    throw new DOMException("Invalid keyData", { name: "DataError", cause });
  }
}

export function importKey(format, value, given, extractable, usages) {
  const algorithm = named(given);
  const kinds = USAGES[algorithm.name];
  if (kinds === undefined) throw unsupported(`A key for ${algorithm.name}`);
  if (format === "jwk" && (value === null || typeof value !== "object")) throw new ERR_INVALID_ARG_TYPE("keyData", "object", value);
  if (kinds.secret === undefined) return asymmetricKey(keyObject(format, value, algorithm), algorithm, extractable, usages);
  if (format === "raw") return secretKey(data(value), algorithm, extractable, usages);
  if (format !== "jwk" || value.kty !== "oct") throw new DOMException("Invalid JWK \"kty\" Parameter", "DataError");
  return secretKey(Buffer.from(value.k, "base64url"), algorithm, extractable, usages);
}

/** The name of the algorithm in a JWK. */
function jwkAlgorithm({ name, hash, length }) {
  const bits = hash?.name.slice(4);
  switch (name) {
    case "HMAC":
      return `HS${bits}`;
    case "RSASSA-PKCS1-v1_5":
      return `RS${bits}`;
    case "RSA-PSS":
      return `PS${bits}`;
    case "RSA-OAEP":
      return bits === "1" ? "RSA-OAEP" : `RSA-OAEP-${bits}`;
    default:
      return name.startsWith("AES") ? `A${length}${name.slice(4)}` : undefined;
  }
}

export function exportKey(format, key) {
  if (!key.extractable) throw new DOMException("key is not extractable", "InvalidAccessException");
  const object = KeyObject.from(key);
  if (format === "jwk") {
    const alg = jwkAlgorithm(key.algorithm);
    return { key_ops: [...key.usages], ext: true, ...object.export({ format: "jwk" }), ...(alg && { alg }) };
  }
  const wanted = { secret: "raw", public: "spki", private: "pkcs8" }[object.type];
  if (format === "raw" && object.type === "public" && !key.algorithm.name.startsWith("RSA")) {
    const { x, y = "" } = object.export({ format: "jwk" });
    const point = Buffer.concat([Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
    return buffer(y === "" ? point : Buffer.concat([Uint8Array.of(4), point]));
  }
  if (format !== wanted) throw new DOMException(`Unable to export a ${object.type} ${key.algorithm.name} key as ${format}`, "NotSupportedError");
  return buffer(object.type === "secret" ? object.export() : object.export({ format: "der", type: wanted }));
}

/** How many bytes a new key of this algorithm has. */
export function secretLength({ name, length, hash }) {
  if (name === "HMAC") return length === undefined ? BLOCKS[hashName(hash)] : Math.ceil(length / 8);
  if (![128, 192, 256].includes(length)) throw new DOMException("Invalid key length", "OperationError");
  return length / 8;
}

export function generateKey(given, extractable, usages, randomBytes) {
  const algorithm = named(given);
  const { name } = algorithm;
  const kinds = USAGES[name];
  if (kinds === undefined || name === "PBKDF2" || name === "HKDF") throw unsupported(`A key for ${name}`);
  if (kinds.secret !== undefined) return secretKey(randomBytes(secretLength(algorithm)), algorithm, extractable, usages);
  const pair = newPair(algorithm);
  const own = (type) => usages.filter((usage) => kinds[type].includes(usage));
  if (own("private").length === 0) throw new DOMException("Usages cannot be empty when creating a key.", "SyntaxError");
  if (usages.some((usage) => !own("private").includes(usage) && !own("public").includes(usage))) {
    throw new DOMException(`Unsupported key usage for a ${name} key`, "SyntaxError");
  }
  return {
    publicKey: asymmetricKey(pair.publicKey, algorithm, true, own("public")),
    privateKey: asymmetricKey(pair.privateKey, algorithm, extractable, own("private")),
  };
}

function newPair({ name, modulusLength, publicExponent, namedCurve }) {
  if (name === "Ed25519") return generateKeyPairSync("ed25519");
  if (name.startsWith("RSA")) {
    const exponent = publicExponent.reduce((number, byte) => number * 256 + byte, 0);
    return generateKeyPairSync("rsa", { modulusLength, publicExponent: exponent });
  }
  if (!(namedCurve in CURVES)) throw new DOMException("Unrecognized namedCurve", "NotSupportedError");
  return generateKeyPairSync("ec", { namedCurve: CURVES[namedCurve] });
}
