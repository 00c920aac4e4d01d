// Signatures, and encryption with RSA.

import { Buffer } from "node:buffer";
import { Writable } from "node:stream";
import { bytesOf, digestOf, inTurn, operate, output } from "hoist:crypto-base";
import { bytesOfKey, keyOf } from "hoist:crypto-keys";

const PKCS1 = 1;
const OAEP = 4;

function options(digest, key) {
  const { padding = PKCS1, saltLength, dsaEncoding } = key ?? {};
  return { signing: { digest: digest == null ? "" : digestOf(digest, "algorithm"), padding, saltLength, plain: dsaEncoding === "ieee-p1363" } };
}

/** A null digest is SHA-256's, but for Ed25519, which has its own. */
function digestFor(digest, object) {
  return digest == null && object.asymmetricKeyType !== "ed25519" ? "sha256" : digest;
}

function signNow(digest, data, key) {
  const object = keyOf(key, "private");
  return output(operate("sign", options(digestFor(digest, object), key), bytesOfKey(object), bytesOf(data))[0]);
}

function verifyNow(digest, data, key, signature) {
  const object = keyOf(key, "public");
  const parts = [bytesOfKey(object), bytesOf(data), bytesOf(signature, undefined, "signature")];
  return operate("verify", options(digestFor(digest, object), key), ...parts)[0][0] === 1;
}

export function sign(digest, data, key, callback) {
  if (callback === undefined) return signNow(digest, data, key);
  inTurn(callback, () => signNow(digest, data, key));
}
export function verify(digest, data, key, signature, callback) {
  if (callback === undefined) return verifyNow(digest, data, key, signature);
  inTurn(callback, () => verifyNow(digest, data, key, signature));
}

class Signing extends Writable {
  #digest;
  #chunks = [];
  constructor(digest, settings) {
    digestOf(digest, "algorithm");
    super(settings);
    this.#digest = digest;
  }
  update(data, encoding) {
    this.#chunks.push(Buffer.from(bytesOf(data, encoding)));
    return this;
  }
  _write(chunk, encoding, callback) {
    this.update(chunk, encoding);
    callback();
  }
  _all() {
    return [this.#digest, Buffer.concat(this.#chunks)];
  }
}
export class Sign extends Signing {
  sign(key, encoding) {
    return output(signNow(...this._all(), key), encoding);
  }
}
export class Verify extends Signing {
  verify(key, signature, encoding) {
    return verifyNow(...this._all(), key, bytesOf(signature, encoding, "signature"));
  }
}
export const createSign = (digest, settings) => new Sign(digest, settings);
export const createVerify = (digest, settings) => new Verify(digest, settings);

function rsa(operation, type, key, data) {
  const { padding = OAEP, oaepHash = "sha1", oaepLabel } = key ?? {};
  const label = oaepLabel === undefined ? new Uint8Array(0) : bytesOf(oaepLabel, undefined, "key.oaepLabel");
  const object = keyOf(key, type);
  return output(operate(operation, { padding, digest: digestOf(oaepHash, "oaepHash") }, bytesOfKey(object), bytesOf(data), label)[0]);
}
export const publicEncrypt = (key, data) => rsa("encrypt", "public", key, data);
export const privateDecrypt = (key, data) => rsa("decrypt", "private", key, data);
