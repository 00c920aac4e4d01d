// Key objects. An asymmetric key is kept as DER: PKCS #8 when private, SubjectPublicKeyInfo when public.

import { Buffer } from "node:buffer";
import { ERR_INVALID_ARG_TYPE } from "__wasm_rquickjs_builtin/internal/errors";
import { bytesOf, coded, inTurn, operate } from "hoist:crypto-base";

const INNER = Symbol("key");

export class KeyObject {
  #inner;
  constructor(inner) {
    if (inner?.[INNER] !== true) throw new ERR_INVALID_ARG_TYPE("handle", "object", inner);
    this.#inner = inner;
  }
  static from(key) {
    if (key?.[INNER] === undefined) throw new ERR_INVALID_ARG_TYPE("key", "CryptoKey", key);
    return key[INNER];
  }
  get type() {
    return this.#inner.type;
  }
  get symmetricKeySize() {
    return this.type === "secret" ? this.#inner.bytes.length : undefined;
  }
  get asymmetricKeyType() {
    return this.#inner.details?.type;
  }
  get asymmetricKeyDetails() {
    if (this.type === "secret") return undefined;
    const { type, publicExponent, ...details } = this.#inner.details;
    return publicExponent === undefined ? details : { ...details, publicExponent: BigInt(publicExponent) };
  }
  equals(other) {
    if (!(other instanceof KeyObject)) throw new ERR_INVALID_ARG_TYPE("otherKeyObject", "KeyObject", other);
    return this.type === other.type && Buffer.compare(this.#inner.bytes, other.#inner.bytes) === 0;
  }
  export(options = {}) {
    const { bytes } = this.#inner;
    if (this.type === "secret") {
      if (options.format === "jwk") return { kty: "oct", k: Buffer.from(bytes).toString("base64url") };
      return Buffer.from(bytes);
    }
    return exported(this.type === "private", bytes, options);
  }
  get [Symbol.toStringTag]() {
    return "KeyObject";
  }
  /** The bytes, for the builtins. */
  static bytes(key) {
    return key.#inner.bytes;
  }
}
export const bytesOfKey = KeyObject.bytes;
delete KeyObject.bytes;

const make = (type, bytes, details) => new KeyObject({ [INNER]: true, type, bytes: Uint8Array.from(bytes), details });
const described = (type, [bytes, details]) => make(type, bytes, JSON.parse(Buffer.from(details).toString()));

const LABELS = { pkcs8: "PRIVATE KEY", pkcs1: "RSA PRIVATE KEY", sec1: "EC PRIVATE KEY" };

function exported(isPrivate, bytes, { format, type, cipher, passphrase }) {
  if (cipher !== undefined || passphrase !== undefined) {
    throw new Error("crypto: exporting a key with a passphrase is not available in Hoist's sandbox");
  }
  const kind = type ?? (isPrivate ? "pkcs8" : "spki");
  const [out] = operate("key-export", { private: isPrivate, format: format ?? "", kind }, bytes);
  const buffer = Buffer.from(out);
  if (format === "jwk") return JSON.parse(buffer.toString());
  if (format === "der") return buffer;
  if (format !== "pem") throw coded(TypeError, "ERR_INVALID_ARG_VALUE", `The property 'options.format' is invalid. Received ${format}`);
  const label = isPrivate ? LABELS[kind] : kind === "pkcs1" ? "RSA PUBLIC KEY" : "PUBLIC KEY";
  return `-----BEGIN ${label}-----\n${buffer.toString("base64").replace(/.{1,64}/g, "$&\n")}-----END ${label}-----\n`;
}

export function createSecretKey(key, encoding) {
  return make("secret", bytesOf(key, encoding, "key"));
}

function imported(isPrivate, key) {
  const options = typeof key === "string" || ArrayBuffer.isView(key) || key instanceof ArrayBuffer ? { key } : key ?? {};
  let { key: data, format = "pem", passphrase, encoding } = options;
  if (passphrase !== undefined && /ENCRYPTED/.test(typeof data === "string" ? data : "")) {
    throw new Error("crypto: a private key with a passphrase is not available in Hoist's sandbox");
  }
  if (format === "jwk") data = JSON.stringify(data);
  return operate("key-import", { private: isPrivate, format }, bytesOf(data, encoding, "key"));
}

export function createPrivateKey(key) {
  return described("private", imported(true, key));
}

export function createPublicKey(key) {
  const object = key instanceof KeyObject ? key : key?.key;
  if (object instanceof KeyObject) {
    if (object.type !== "private") {
      throw coded(TypeError, "ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE", `Invalid key object type ${object.type}, expected private.`);
    }
    return described("public", operate("key-public", {}, bytesOfKey(object)));
  }
  return described("public", imported(false, key));
}

/** The key object of what signing and so on take: an object, or what makes one. */
export function keyOf(key, type) {
  const object = key instanceof KeyObject ? key : key?.[INNER] ?? (key?.key instanceof KeyObject ? key.key : key?.key?.[INNER]);
  if (object instanceof KeyObject) {
    if (object.type === type) return object;
    if (type === "public" && object.type === "private") return createPublicKey(object);
    throw coded(TypeError, "ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE", `Invalid key object type ${object.type}, expected ${type}.`);
  }
  return type === "private" ? createPrivateKey(key) : createPublicKey(key);
}

/** The bytes of a secret: a key object or bytes. */
export function secretOf(key, encoding) {
  const object = key instanceof KeyObject ? key : key?.[INNER];
  if (!(object instanceof KeyObject)) return bytesOf(key, encoding, "key");
  if (object.type !== "secret") {
    throw coded(TypeError, "ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE", `Invalid key object type ${object.type}, expected secret.`);
  }
  return bytesOfKey(object);
}

/** A Web Crypto key over a key object. */
export class CryptoKey {
  constructor(token, object, algorithm, extractable, usages) {
    if (token !== INNER) throw coded(TypeError, "ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
    Object.defineProperty(this, INNER, { value: object });
    Object.assign(this, { type: object.type, extractable, algorithm, usages: [...usages] });
    Object.freeze(this);
  }
  get [Symbol.toStringTag]() {
    return "CryptoKey";
  }
}
export const cryptoKey = (...parts) => new CryptoKey(INNER, ...parts);

function pair(type, options = {}) {
  const curve = options.namedCurve ?? "";
  const { modulusLength, publicExponent = 0x10001, publicKeyEncoding, privateKeyEncoding } = options;
  if (type === "rsa" && typeof modulusLength !== "number") {
    throw new ERR_INVALID_ARG_TYPE("options.modulusLength", "number", modulusLength);
  }
  if (publicExponent !== 0x10001) throw new Error("crypto: a publicExponent other than 65537 is not available in Hoist's sandbox");
  const [secret, open, details] = operate("generate", { kind: type, bits: modulusLength ?? 0, curve });
  const publicKey = described("public", [open, details]);
  const privateKey = described("private", [secret, details]);
  return {
    publicKey: publicKeyEncoding ? publicKey.export(publicKeyEncoding) : publicKey,
    privateKey: privateKeyEncoding ? privateKey.export(privateKeyEncoding) : privateKey,
  };
}

export const generateKeyPairSync = (type, options) => pair(type, options);
export function generateKeyPair(type, options, callback) {
  inTurn(callback, () => pair(type, options), ({ publicKey, privateKey }) => [publicKey, privateKey]);
}
