// What Node's modules have and the vendored ones lack, or do otherwise.

import process from "node:process";
import os from "node:os";
import buffer, { Buffer } from "node:buffer";
import events from "node:events";
import stream, { isDisturbed, isErrored } from "node:stream";
import { isDestroyed, isReadable, isWritable } from "__wasm_rquickjs_builtin/internal/streams/utils";
import util from "node:util";
import { AsyncResource } from "node:async_hooks";
import { Blob } from "__wasm_rquickjs_builtin/http_blob";
import { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } from "__wasm_rquickjs_builtin/internal/errors";

const custom = Symbol.for("nodejs.util.inspect.custom");
const define = (target, values) => {
  for (const name of Reflect.ownKeys(values)) {
    Object.defineProperty(target, name, { value: values[name], writable: true, configurable: true });
  }
};

// ---- streams

Object.assign(stream, { isDestroyed, isDisturbed, isErrored, isReadable, isWritable });

// ---- events

function abortError(signal) {
  const error = new Error("The operation was aborted", { cause: signal.reason });
  error.name = "AbortError";
  error.code = "ABORT_ERR";
  return error;
}

const { once } = events;
events.once = async function (emitter, name, options) {
  const signal = options?.signal;
  if (signal?.aborted) throw abortError(signal);
  try {
    return await once(emitter, name, options);
  } catch (error) {
    throw signal?.aborted && error === signal.reason ? abortError(signal) : error;
  }
};

class EventEmitterAsyncResource extends events {
  #resource;
  constructor(options) {
    const { name, ...rest } = typeof options === "string" ? { name: options } : options ?? {};
    super(rest);
    this.#resource = new AsyncResource(name ?? new.target.name, rest);
  }
  emit(...args) {
    return this.#resource.runInAsyncScope(super.emit, this, ...args);
  }
  emitDestroy() {
    this.#resource.emitDestroy();
  }
  get asyncId() {
    return this.#resource.asyncId();
  }
  get triggerAsyncId() {
    return this.#resource.triggerAsyncId();
  }
  get asyncResource() {
    return this.#resource;
  }
}
events.EventEmitterAsyncResource = EventEmitterAsyncResource;

// ---- util

const names = () => Object.entries(os.constants.errno).map(([name, number]) => [-number, name]);

const { debuglog } = util;
Object.assign(util, {
  debuglog(set, callback) {
    const log = debuglog(set);
    if (!Object.hasOwn(log, "enabled")) {
      const sections = (process.env.NODE_DEBUG ?? "").toUpperCase().split(",");
      Object.defineProperty(log, "enabled", { value: sections.includes(set.toUpperCase()), enumerable: true });
    }
    callback?.(log);
    return log;
  },
  getSystemErrorName(number) {
    if (typeof number !== "number") throw new ERR_INVALID_ARG_TYPE("err", "number", number);
    if (!Number.isSafeInteger(number) || number >= 0) throw new ERR_OUT_OF_RANGE("err", "a negative integer", number);
    return names().find(([one]) => one === number)?.[1] ?? `Unknown system error ${number}`;
  },
  getSystemErrorMap: () => new Map(names().map(([number, name]) => [number, [name, name]])),
});
util.debug = util.debuglog;

// ---- buffer

/** The encodings that `transcode` knows, by their names. */
const TRANSCODED = { __proto__: null, utf8: "utf8", "utf-8": "utf8", ucs2: "utf16le", "ucs-2": "utf16le", utf16le: "utf16le",
  "utf-16le": "utf16le", latin1: "latin1", binary: "latin1", ascii: "ascii" };

buffer.transcode = function transcode(source, fromEncoding, toEncoding) {
  if (!(source instanceof Uint8Array)) throw new ERR_INVALID_ARG_TYPE("source", ["Buffer", "Uint8Array"], source);
  const from = TRANSCODED[`${fromEncoding}`.toLowerCase()];
  const to = TRANSCODED[`${toEncoding}`.toLowerCase()];
  if (from === undefined || to === undefined) {
    const error = new Error("Unable to transcode Buffer [U_ILLEGAL_ARGUMENT_ERROR]");
    error.code = "U_ILLEGAL_ARGUMENT_ERROR";
    throw error;
  }
  const text = Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString(from);
  // What the target cannot hold becomes a question mark.
  const last = to === "ascii" ? 0x7f : to === "latin1" ? 0xff : Infinity;
  const held = last === Infinity ? text : Array.from(text, (one) => (one.codePointAt(0) > last ? "?" : one)).join("");
  return Buffer.from(held, to === "ascii" ? "latin1" : to);
};

for (const width of [16, 32, 64]) {
  const swap = Buffer.prototype[`swap${width}`];
  define(Buffer.prototype, {
    [`swap${width}`]() {
      if (this.length % (width / 8) === 0) return Reflect.apply(swap, this, []);
      const error = new RangeError(`Buffer size must be a multiple of ${width}-bits`);
      error.code = "ERR_INVALID_BUFFER_SIZE";
      throw error;
    },
  });
}

define(Blob.prototype, {
  [custom](depth, options, inspect) {
    if (depth < 0) return this;
    return `${this.constructor.name} ${inspect({ size: this.size, type: this.type }, options)}`;
  },
});
