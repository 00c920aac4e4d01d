// What the parts of `node:crypto` share: bytes, names of digests, and the host's operations.

import host from "hoist:host";
import { Buffer } from "node:buffer";
import { setImmediate } from "node:timers";
import { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } from "__wasm_rquickjs_builtin/internal/errors";

export const HASHES = ["blake2b512", "blake2s256", "md5", "ripemd160", "sha1", "sha224", "sha256", "sha3-224", "sha3-256",
  "sha3-384", "sha3-512", "sha384", "sha512", "sha512-224", "sha512-256"];
const ALIASES = {
  "rsa-md5": "md5", "rsa-sha1": "sha1", "sha-1": "sha1", "rsa-sha224": "sha224", "sha-224": "sha224", "rsa-sha256": "sha256",
  "sha-256": "sha256", "rsa-sha384": "sha384", "sha-384": "sha384", "rsa-sha512": "sha512", "sha-512": "sha512",
  "rsa-sha512/256": "sha512-256", "sha-512/256": "sha512-256", "ssl3-md5": "md5", "ssl3-sha1": "sha1", rmd160: "ripemd160",
  ripemd: "ripemd160", "rsa-ripemd160": "ripemd160", "rsa-sha512/224": "sha512-224", "rsa-sha3-256": "sha3-256",
};

export function coded(Type, code, message) {
  const error = new Type(message);
  if (code) error.code = code;
  return error;
}

/** The host's name of a digest; undefined when there is none. */
export function algorithmOf(name, argument = "algorithm") {
  if (typeof name !== "string") throw new ERR_INVALID_ARG_TYPE(argument, "string", name);
  const lower = name.toLowerCase();
  return HASHES.includes(lower) ? lower : ALIASES[lower];
}

/** As `algorithmOf`, but throws what Node throws for a digest that is not there. */
export function digestOf(name, argument = "digest") {
  const known = algorithmOf(name, argument);
  if (known === undefined) throw coded(TypeError, "ERR_CRYPTO_INVALID_DIGEST", `Invalid digest: ${name}`);
  return known;
}

/** The bytes of what Node takes as data. */
export function bytesOf(data, encoding, name = "data") {
  if (typeof data === "string") return Buffer.from(data, encoding === "buffer" ? "utf8" : encoding);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return new Uint8Array(data);
  throw new ERR_INVALID_ARG_TYPE(name, ["string", "ArrayBuffer", "Buffer", "TypedArray", "DataView"], data);
}

export function output(bytes, encoding) {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return encoding === undefined || encoding === null || encoding === "buffer" ? buffer : buffer.toString(encoding);
}

/** Runs an operation of the host over bytes. */
export function operate(operation, options, ...parts) {
  const plain = parts.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  const result = host.crypto(operation, JSON.stringify(options), plain);
  if (result.tag === "ok") return result.val;
  const { code, message } = JSON.parse(result.val);
  const error = coded(/^ERR_CRYPTO_INVALID_(DIGEST|JWK)/.test(code) ? TypeError : Error, code, message);
  const reason = /^error:[0-9A-F]+:([^:]*)::(.*)$/.exec(message);
  if (reason) Object.assign(error, { library: reason[1], reason: reason[2] });
  throw error;
}

export function integer(value, name, least = 0, most = 2 ** 31 - 1) {
  if (typeof value !== "number") throw new ERR_INVALID_ARG_TYPE(name, "number", value);
  if (!Number.isInteger(value)) throw new ERR_OUT_OF_RANGE(name, "an integer", value);
  if (value < least || value > most) throw new ERR_OUT_OF_RANGE(name, `>= ${least} && <= ${most}`, value);
  return value;
}

/** Calls `callback` in a later turn with what `run` gives or throws. */
export function inTurn(callback, run, spread = (value) => [value]) {
  if (typeof callback !== "function") throw new ERR_INVALID_ARG_TYPE("callback", "function", callback);
  setImmediate(() => {
    let value;
    try {
      value = run();
    } catch (error) {
      callback(error);
      return;
    }
    callback(null, ...spread(value));
  });
}
