// `node:zlib`. The host keeps the state of each stream and takes and gives it piece by piece, so that what comes
// out lies in the function's memory and counts there.

import host from "hoist:host";
import { Buffer, kMaxLength } from "node:buffer";
import { Transform } from "node:stream";
import { setImmediate } from "node:timers";
import { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } from "__wasm_rquickjs_builtin/internal/errors";
import { codes, constants } from "hoist:zlib-constants";

/** Most bytes of one call of the host: a slow level must not hold up the function's timeout. */
const PIECE = 65_536;
const EMPTY = new Uint8Array(0);

function failure({ code, errno, message }) {
  return Object.assign(new Error(message), { errno, code });
}

function call(operation, stream, options, data) {
  const result = host.compression(operation, stream, JSON.stringify(options), data);
  if (result.tag === "err") throw failure(JSON.parse(result.val));
  return result.val;
}

function bytesOf(data, name = "buffer") {
  if (typeof data === "string") return Buffer.from(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return new Uint8Array(data);
  throw new ERR_INVALID_ARG_TYPE(name, ["string", "Buffer", "TypedArray", "DataView", "ArrayBuffer"], data);
}

function ranged(options, name, least, most, preset) {
  const value = options[name];
  if (value === undefined || Number.isNaN(value)) return preset;
  if (typeof value !== "number") throw new ERR_INVALID_ARG_TYPE(`options.${name}`, "number", value);
  if (value < least || value > most) throw new ERR_OUT_OF_RANGE(`options.${name}`, `>= ${least} and <= ${most}`, value);
  return value;
}

/** One compressed stream, without Node's streams around it. */
class Engine {
  #options;
  #dictionary;
  #stream;
  #ended = false;
  #members;
  constructor(format, options) {
    const brotli = format.startsWith("brotli");
    this.brotli = brotli;
    this.packs = ["gzip", "deflate", "deflate-raw", "brotli-compress"].includes(format);
    const lastFlush = brotli ? 3 : 5;
    this.flush = ranged(options, "flush", 0, lastFlush, 0);
    this.finish = ranged(options, "finishFlush", 0, lastFlush, brotli ? 2 : 4);
    ranged(options, "chunkSize", 64, Infinity, 16384);
    this.most = ranged(options, "maxOutputLength", 1, kMaxLength, kMaxLength);
    const windowBits = ranged(options, "windowBits", options.windowBits === 0 && !this.packs ? 0 : 8, 15, 15);
    this.#options = { format, level: ranged(options, "level", -1, 9, -1), windowBits: windowBits || 15,
      memLevel: ranged(options, "memLevel", 1, 9, 8), strategy: ranged(options, "strategy", 0, 4, 0),
      params: brotli ? parameters(options.params) : {} };
    this.#dictionary = options.dictionary === undefined ? EMPTY : bytesOf(options.dictionary, "options.dictionary");
    // What may consist of several members one after the other.
    this.#members = format === "gunzip" ? true : format === "unzip" ? undefined : false;
  }
  #open() {
    if (this.#stream !== undefined) return;
    this.#stream = JSON.parse(call("open", 0, this.#options, this.#dictionary)[0]).stream;
    this.#ended = false;
  }
  /** Feeds `data` and gives each piece of output to `emit`; `last` when nothing follows. */
  write(data, flush, last, emit) {
    let at = 0;
    if (this.#members === undefined && data.length > 0) this.#members = data[0] === 0x1f;
    this.#open();
    for (;;) {
      if (this.#ended) {
        // Zeros are padding; anything else is one more member.
        if (!this.#members || at === data.length || data[at] === 0) return;
        this.close();
        this.#open();
      }
      const end = Math.min(at + PIECE, data.length);
      const [answer, out] = call("write", this.#stream, { flush: end === data.length ? flush : 0 }, data.subarray(at, end));
      const { read, ended, full } = JSON.parse(answer);
      at += read;
      this.#ended = ended;
      if (out.length > 0) emit(Buffer.from(out.buffer, out.byteOffset, out.byteLength));
      if (ended) continue;
      if (full || (at < data.length && (read > 0 || out.length > 0))) continue;
      if (last && !this.packs && flush === (this.brotli ? 2 : 4)) {
        throw failure({ code: "Z_BUF_ERROR", errno: -5, message: "unexpected end of file" });
      }
      return;
    }
  }
  level(level) {
    this.#options.level = level;
    if (this.#stream !== undefined) call("level", this.#stream, this.#options, EMPTY);
  }
  close() {
    if (this.#stream === undefined) return;
    call("close", this.#stream, {}, EMPTY);
    this.#stream = undefined;
  }
}

function parameters(params = {}) {
  const out = {};
  for (const [key, value] of Object.entries(params)) {
    if (!(Number(key) >= 0 && Number(key) <= 9)) {
      throw Object.assign(new RangeError(`${key} is not a valid Brotli parameter`), { code: "ERR_BROTLI_INVALID_PARAM" });
    }
    if (typeof value !== "number" && typeof value !== "boolean") throw new ERR_INVALID_ARG_TYPE("options.params[key]", "number", value);
    out[key] = Number(value) >>> 0;
  }
  return out;
}

function tooLarge(most) {
  return Object.assign(new RangeError(`Cannot create a Buffer larger than ${most} bytes`), { code: "ERR_BUFFER_TOO_LARGE" });
}

/** All of `data` at once. */
function whole(format, data, options = {}) {
  const bytes = bytesOf(data);
  const engine = new Engine(format, options);
  const out = [];
  let length = 0;
  try {
    engine.write(bytes, engine.finish, true, (piece) => {
      length += piece.length;
      if (length > engine.most) throw tooLarge(engine.most);
      out.push(piece);
    });
  } finally {
    engine.close();
  }
  const buffer = out.length === 1 ? out[0] : Buffer.concat(out, length);
  return options.info ? { buffer, engine } : buffer;
}

class ZlibBase extends Transform {
  #engine;
  #written = 0;
  constructor(format, options = {}) {
    const engine = new Engine(format, options ?? {});
    super({ ...options });
    this.#engine = engine;
    this.on("close", () => this.#engine.close());
  }
  get bytesWritten() {
    return this.#written;
  }
  #run(data, flush, last, callback) {
    if (this.destroyed) return;
    try {
      this.#written += data.length;
      this.#engine.write(data, flush, last, (piece) => this.push(piece));
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  }
  _transform(chunk, encoding, callback) {
    this.#run(bytesOf(typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk), this.#engine.flush, false, callback);
  }
  _flush(callback) {
    this.#run(EMPTY, this.#engine.finish, true, (error) => {
      this.#engine.close();
      callback(error);
    });
  }
  /** Gives out what was taken in so far. */
  flush(kind, callback) {
    if (typeof kind === "function" || kind === undefined) [kind, callback] = [this.#engine.brotli ? 1 : 3, kind];
    const run = () => this.#run(EMPTY, kind, false, (error) => (error ? this.destroy(error) : callback?.()));
    if (this.writableEnded) {
      if (callback) setImmediate(callback);
    } else if (this.writableLength === 0) run();
    // After what waits.
    else this.write(EMPTY, run);
  }
  params(level, strategy, callback) {
    if (strategy !== 0) throw new Error("zlib: changing the strategy of a stream is not available in Hoist's sandbox");
    this.flush(2, () => {
      this.#engine.level(level);
      callback?.();
    });
  }
  reset() {
    this.#engine.close();
  }
  close(callback) {
    if (callback) this.once("close", callback);
    this.destroy();
  }
}

/** A class of Node's, which also works without `new`. */
function kind(name, format) {
  const Class = { [name]: class extends ZlibBase {
    constructor(options) {
      super(format, options);
    }
  } }[name];
  return new Proxy(Class, { apply: (target, self, [options]) => new target(options) });
}

/** The form with a callback. */
function asynchronous(name, format) {
  return { [name]: (data, options, callback) => {
    if (typeof options === "function") [options, callback] = [{}, options];
    if (typeof callback !== "function") throw new ERR_INVALID_ARG_TYPE("callback", "function", callback);
    const bytes = bytesOf(data);
    new Engine(format, options ?? {});
    setImmediate(() => {
      let out;
      try {
        out = whole(format, bytes, options ?? {});
      } catch (error) {
        callback(error);
        return;
      }
      callback(null, out);
    });
  } }[name];
}

const FORMATS = {
  Gzip: "gzip", Gunzip: "gunzip", Deflate: "deflate", Inflate: "inflate", DeflateRaw: "deflate-raw", InflateRaw: "inflate-raw",
  Unzip: "unzip", BrotliCompress: "brotli-compress", BrotliDecompress: "brotli-decompress",
};
const made = {};
for (const [name, format] of Object.entries(FORMATS)) {
  const lower = name[0].toLowerCase() + name.slice(1);
  const Class = kind(name, format);
  made[name] = Class;
  made[`create${name}`] = (options) => new Class(options);
  made[lower] = asynchronous(lower, format);
  made[`${lower}Sync`] = (data, options) => whole(format, data, options ?? {});
}

/** The CRC-32 of `data`, continued from `value`. */
export function crc32(data, value = 0) {
  if (typeof value !== "number") throw new ERR_INVALID_ARG_TYPE("value", "number", value);
  if (!(value >= 0 && value <= 0xffffffff)) throw new ERR_OUT_OF_RANGE("value", ">= 0 && <= 4294967295", value);
  if (typeof data !== "string" && !ArrayBuffer.isView(data)) {
    throw new ERR_INVALID_ARG_TYPE("data", ["string", "Buffer", "TypedArray", "DataView"], data);
  }
  // The glue passes 32 bits with a sign.
  return host.crc32(bytesOf(data), value | 0) >>> 0;
}

for (const name of ["ZstdCompress", "ZstdDecompress"]) {
  const lower = name[0].toLowerCase() + name.slice(1);
  for (const absent of [name, `create${name}`, lower, `${lower}Sync`]) {
    made[absent] = function () {
      throw new Error(`zlib.${absent} is not available in Hoist's sandbox`);
    };
  }
}

export const {
  Gzip, Gunzip, Deflate, Inflate, DeflateRaw, InflateRaw, Unzip, BrotliCompress, BrotliDecompress, createGzip, createGunzip,
  createDeflate, createInflate, createDeflateRaw, createInflateRaw, createUnzip, createBrotliCompress, createBrotliDecompress,
  gzip, gunzip, deflate, inflate, deflateRaw, inflateRaw, unzip, brotliCompress, brotliDecompress, gzipSync, gunzipSync,
  deflateSync, inflateSync, deflateRawSync, inflateRawSync, unzipSync, brotliCompressSync, brotliDecompressSync,
} = made;
export { codes, constants };

const legacy = Object.fromEntries(Object.entries(constants).filter(([name]) => name.startsWith("Z_")));
export default { ...made, ...legacy, codes, constants, crc32 };
