// AES. The host works on whole blocks; chaining, padding and what waits for a block are kept here.

import { Buffer } from "node:buffer";
import { Transform } from "node:stream";
import { ERR_INVALID_ARG_TYPE } from "__wasm_rquickjs_builtin/internal/errors";
import { bytesOf, coded, operate, output } from "hoist:crypto-base";
import { secretOf } from "hoist:crypto-keys";

const NAMES = ["cbc", "ctr", "ecb", "gcm"].flatMap((mode) => ["128", "192", "256"].map((bits) => `aes-${bits}-${mode}`)).sort();
export const getCiphers = () => [...NAMES];

/** Most bytes of one call of the host. */
const PIECE = 1 << 20;
const BLOCK = 16;

function parse(name) {
  if (typeof name !== "string") throw new ERR_INVALID_ARG_TYPE("cipher", "string", name);
  const lower = name.toLowerCase().replace(/^aes(128|192|256)$/, "aes-$1-cbc").replace(/^id-aes(\d+)-gcm$/, "aes-$1-gcm");
  if (!NAMES.includes(lower)) {
    throw coded(Error, "ERR_CRYPTO_UNKNOWN_CIPHER", `Unknown cipher (Hoist's sandbox has ${NAMES[0]} and the like, not ${name})`);
  }
  const [, bits, mode] = lower.split("-");
  return { name: lower, keyLength: bits / 8, mode };
}

export function getCipherInfo(name) {
  let known;
  try {
    known = parse(name);
  } catch {
    return undefined;
  }
  const { mode, keyLength } = known;
  const info = { mode, name: mode === "gcm" ? `id-aes${keyLength * 8}-GCM` : known.name, keyLength };
  if (mode === "cbc" || mode === "ecb") info.blockSize = BLOCK;
  if (mode !== "ecb") info.ivLength = mode === "gcm" ? 12 : BLOCK;
  return info;
}

class CipherBase extends Transform {
  #cipher;
  #encrypt;
  #key;
  #iv;
  #state;
  #waiting = new Uint8Array(0);
  #padding = true;
  #associated = [];
  #text = [];
  #tag;
  #tagLength;
  #done = false;

  constructor(encrypt, name, key, iv, options) {
    const cipher = parse(name);
    super(options);
    this.#cipher = cipher;
    this.#encrypt = encrypt;
    this.#key = Uint8Array.from(secretOf(key));
    if (this.#key.length !== cipher.keyLength) throw coded(RangeError, "ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length");
    this.#iv = iv === null ? new Uint8Array(0) : Uint8Array.from(bytesOf(iv, undefined, "iv"));
    const length = this.#iv.length;
    const fits = cipher.mode === "gcm" ? length > 0 : cipher.mode === "ecb" ? length === 0 : length === BLOCK;
    if (!fits) throw coded(TypeError, "ERR_CRYPTO_INVALID_IV", "Invalid initialization vector");
    this.#state = cipher.mode === "gcm" ? operate("gcm-start", {}, this.#key, this.#iv)[0] : this.#iv;
    this.#tagLength = options?.authTagLength ?? BLOCK;
  }
  #apply(bytes) {
    const out = [];
    for (let at = 0; at < bytes.length; at += PIECE) {
      const [text, next] = operate("cipher", { mode: this.#cipher.mode, encrypt: this.#encrypt }, this.#key, this.#state,
        bytes.subarray(at, at + PIECE));
      this.#state = next;
      out.push(text);
    }
    return out.length === 1 ? out[0] : Buffer.concat(out);
  }
  get #streams() {
    return this.#cipher.mode === "ctr" || this.#cipher.mode === "gcm";
  }
  /** What a counter mode makes of `bytes`, from within a block on where the last piece ended. */
  #stream(bytes) {
    const used = this.#waiting.length;
    const all = Buffer.concat([this.#waiting, bytes]);
    const whole = all.length - (all.length % BLOCK);
    const before = this.#apply(all.subarray(0, whole));
    const state = this.#state;
    this.#waiting = all.subarray(whole);
    // The rest of the key stream's block is needed again for the next piece.
    const after = this.#apply(this.#waiting);
    this.#state = state;
    return Buffer.concat([before, after]).subarray(used);
  }
  update(data, inputEncoding, outputEncoding) {
    if (this.#done) throw coded(Error, "ERR_CRYPTO_INVALID_STATE", "Invalid state for operation update");
    const bytes = bytesOf(data, inputEncoding);
    if (this.#streams) {
      const out = this.#stream(bytes);
      if (this.#cipher.mode === "gcm") this.#text.push(this.#encrypt ? out : Buffer.from(bytes));
      return output(out, outputEncoding);
    }
    const all = Buffer.concat([this.#waiting, bytes]);
    let whole = all.length - (all.length % BLOCK);
    // The last block may be padding.
    if (!this.#encrypt && this.#padding && whole === all.length && whole > 0) whole -= BLOCK;
    this.#waiting = all.subarray(whole);
    return output(this.#apply(all.subarray(0, whole)), outputEncoding);
  }
  final(encoding) {
    if (this.#done) throw coded(Error, "ERR_CRYPTO_INVALID_STATE", "Invalid state for operation final");
    this.#done = true;
    if (this.#cipher.mode === "gcm") this.#finishTag();
    return output(this.#streams ? new Uint8Array(0) : this.#finishBlocks(), encoding);
  }
  #finishTag() {
    const [tag] = operate("gcm-tag", {}, this.#key, this.#iv, Buffer.concat(this.#associated), Buffer.concat(this.#text));
    this.#text = [];
    if (this.#encrypt) {
      this.#tag = tag.slice(0, this.#tagLength);
      return;
    }
    let difference = this.#tag === undefined ? 1 : 0;
    for (let at = 0; at < (this.#tag?.length ?? 0); at++) difference |= this.#tag[at] ^ tag[at];
    if (difference !== 0) throw new Error("Unsupported state or unable to authenticate data");
  }
  #finishBlocks() {
    const rest = this.#waiting;
    const wrong = (code, number, words) => Object.assign(
      coded(Error, `ERR_OSSL_${code}`, `error:${number}:Provider routines::${words}`),
      { library: "Provider routines", reason: words });
    if (this.#encrypt && this.#padding) {
      const length = BLOCK - rest.length;
      return this.#apply(Buffer.concat([rest, Buffer.alloc(length, length)]));
    }
    if (!this.#padding) {
      if (rest.length === 0) return rest;
      throw wrong("WRONG_FINAL_BLOCK_LENGTH", "1C80006B", "wrong final block length");
    }
    if (rest.length !== BLOCK) throw wrong("WRONG_FINAL_BLOCK_LENGTH", "1C80006B", "wrong final block length");
    const text = this.#apply(rest);
    const length = text[BLOCK - 1];
    const good = length >= 1 && length <= BLOCK && text.subarray(BLOCK - length).every((byte) => byte === length);
    if (!good) throw wrong("BAD_DECRYPT", "1C800064", "bad decrypt");
    return text.subarray(0, BLOCK - length);
  }
  setAutoPadding(padding = true) {
    this.#padding = Boolean(padding);
    return this;
  }
  setAAD(data, options) {
    this.#associated.push(Buffer.from(bytesOf(data, options?.encoding, "buffer")));
    return this;
  }
  getAuthTag() {
    if (!this.#encrypt || this.#tag === undefined) {
      throw coded(Error, "ERR_CRYPTO_INVALID_STATE", "Invalid state for operation getAuthTag");
    }
    return Buffer.from(this.#tag);
  }
  setAuthTag(tag, encoding) {
    const bytes = bytesOf(tag, encoding, "buffer");
    if (![4, 8, 12, 13, 14, 15, 16].includes(bytes.length)) {
      throw coded(TypeError, "ERR_CRYPTO_INVALID_AUTH_TAG", `Invalid authentication tag length: ${bytes.length}`);
    }
    this.#tag = Uint8Array.from(bytes);
    return this;
  }
  _transform(chunk, encoding, callback) {
    callback(null, this.update(chunk, encoding));
  }
  _flush(callback) {
    let last;
    try {
      last = this.final();
    } catch (error) {
      callback(error);
      return;
    }
    callback(null, last);
  }
}

export class Cipheriv extends CipherBase {
  constructor(name, key, iv, options) {
    super(true, name, key, iv, options);
  }
}
export class Decipheriv extends CipherBase {
  constructor(name, key, iv, options) {
    super(false, name, key, iv, options);
  }
}
Object.defineProperty(Cipheriv.prototype, "setAuthTag", { value: undefined });
Object.defineProperty(Decipheriv.prototype, "getAuthTag", { value: undefined });
export const createCipheriv = (name, key, iv, options) => new Cipheriv(name, key, iv, options);
export const createDecipheriv = (name, key, iv, options) => new Decipheriv(name, key, iv, options);
