// `http2.connect`: sessions whose requests go over HTTP/1.1. The AWS SDK uses HTTP/2 for some services (Kinesis,
// Bedrock), and what stands in for them answers HTTP/1.1 as well. gRPC needs HTTP/2 itself, and is told so.

import EventEmitter from "node:events";
import http from "node:http";
import https from "node:https";
import { Duplex } from "node:stream";
import process from "node:process";
import { clearTimeout, setTimeout } from "node:timers";
import { unavailable } from "hoist:unavailable";

const NO_ERROR = 0;
const INTERNAL_ERROR = 2;
const CANCEL = 8;
const ERROR_NAMES = ["NGHTTP2_NO_ERROR", "NGHTTP2_PROTOCOL_ERROR", "NGHTTP2_INTERNAL_ERROR"];
/** Headers that HTTP/2 does not have. */
const CONNECTION_HEADERS = ["connection", "keep-alive", "transfer-encoding", "proxy-connection", "upgrade"];
const BODILESS = ["GET", "HEAD", "DELETE"];

function http2Error(code, message) {
  const error = new Error(message);
  error.code = code;
  return error;
}

const invalidSession = () => http2Error("ERR_HTTP2_INVALID_SESSION", "The session has been destroyed");
const goaway = () => http2Error("ERR_HTTP2_GOAWAY_SESSION", "New streams cannot be created after receiving a GOAWAY");
function cancelled(cause) {
  const why = cause === undefined ? "" : ` (caused by: ${cause.message})`;
  const error = http2Error("ERR_HTTP2_STREAM_CANCEL", `The pending stream has been canceled${why}`);
  if (cause !== undefined) error.cause = cause;
  return error;
}

/** Calls `callback` when nothing happened for so long, as `setTimeout` of a session or stream does. */
class Idle {
  #timer;
  #length = 0;
  constructor(emitter) {
    this.emitter = emitter;
  }
  set(length, callback) {
    this.#length = length;
    if (callback !== undefined) {
      if (length > 0) this.emitter.once("timeout", callback);
      else this.emitter.removeListener("timeout", callback);
    }
    this.touch();
  }
  touch() {
    clearTimeout(this.#timer);
    if (this.#length <= 0) return;
    this.#timer = setTimeout(() => this.emitter.emit("timeout"), this.#length);
    this.#timer.unref();
  }
  stop() {
    this.#length = 0;
    clearTimeout(this.#timer);
  }
}

/** One request and its response. */
class ClientHttp2Stream extends Duplex {
  #request;
  #response;
  #idle = new Idle(this);
  aborted = false;
  closed = false;
  pending = true;
  rstCode = NO_ERROR;

  constructor(session, id, headers, options) {
    super({ autoDestroy: false, emitClose: false, decodeStrings: true });
    this.session = session;
    this.id = id;
    this.sentHeaders = headers;
    this.#request = this.#open(headers);
    const endStream = options.endStream ?? BODILESS.includes(headers[":method"]);
    if (endStream) this.end();
    options.signal?.addEventListener("abort", () => this.destroy(options.signal.reason), { once: true });
    if (options.signal?.aborted) process.nextTick(() => this.destroy(options.signal.reason));
  }

  #open(headers) {
    const { url } = this.session;
    const plain = { __proto__: null, host: headers[":authority"] };
    for (const name of Object.keys(headers)) if (!name.startsWith(":")) plain[name] = headers[name];
    const request = (url.protocol === "https:" ? https : http).request({
      ...this.session.options,
      hostname: url.hostname,
      port: url.port,
      method: headers[":method"],
      path: headers[":path"],
      headers: plain,
    });
    request.once("socket", () => {
      this.pending = false;
      this.emit("ready");
    });
    request.on("response", (response) => this.#answered(response));
    request.on("error", (error) => this.#failed(error));
    return request;
  }

  #answered(response) {
    this.#response = response;
    this.#touch();
    const headers = { __proto__: null, ":status": response.statusCode };
    for (const name of Object.keys(response.headers)) {
      if (!CONNECTION_HEADERS.includes(name)) headers[name] = response.headers[name];
    }
    response.on("data", (bytes) => {
      this.#touch();
      if (!this.push(bytes)) response.pause();
    });
    response.on("end", () => {
      if (Object.keys(response.trailers).length > 0) this.emit("trailers", response.trailers, 5);
      this.push(null);
    });
    response.on("aborted", () => this.#failed(cancelled()));
    this.once("end", () => this.close());
    this.emit("response", headers, 4);
    // As in Node, a response without a reader goes nowhere.
    if (this.listenerCount("response") === 0) this.resume();
  }

  #failed(error) {
    if (this.destroyed) return;
    // Before there is an answer the connection failed, and with it the session.
    if (this.#response === undefined) this.session.destroy(error);
    else this.destroy(error);
  }

  #touch() {
    this.#idle.touch();
    this.session.touch();
  }

  _write(chunk, encoding, callback) {
    this.#touch();
    this.#request.write(chunk, encoding, callback);
  }
  _final(callback) {
    this.#request.end(callback);
  }
  _read() {
    this.#response?.resume();
  }

  _destroy(error, callback) {
    const complete = this.readableEnded && this.writableFinished;
    if (!complete && !this.closed) {
      this.rstCode = error ? INTERNAL_ERROR : CANCEL;
    }
    // As in Node, only a stream whose writing side is open says that it was broken off.
    if (!complete && !this.aborted && !this.writableEnded) {
      this.aborted = true;
      this.emit("aborted");
    }
    this.closed = true;
    this.#idle.stop();
    this.#request.on("error", () => {});
    if (!complete) this.#request.destroy();
    this.session.left(this);
    callback(error);
    process.nextTick(() => this.emit("close"));
  }

  /** Ends the stream with a code; anything but 0 and `NGHTTP2_CANCEL` is an error. */
  close(code = NO_ERROR, callback) {
    if (callback !== undefined) this.once("close", callback);
    if (this.closed) return;
    this.closed = true;
    this.rstCode = code;
    const error = code === NO_ERROR || code === CANCEL
      ? undefined
      : http2Error("ERR_HTTP2_STREAM_ERROR", `Stream closed with error code ${ERROR_NAMES[code] ?? code}`);
    this.destroy(error);
  }

  setTimeout(length, callback) {
    this.#idle.set(length, callback);
    return this;
  }
  priority() {}
  get bufferSize() {
    return this.writableLength;
  }
  get endAfterHeaders() {
    return this.writableEnded;
  }
  get state() {
    return {};
  }
}

/** What stands for a connection. */
export class ClientHttp2Session extends EventEmitter {
  #streams = new Set();
  #nextId = 1;
  #idle = new Idle(this);
  alpnProtocol = undefined;
  encrypted = undefined;
  originSet = undefined;
  closed = false;
  connecting = true;
  destroyed = false;
  type = 1;
  state = {};
  pendingSettingsAck = false;

  constructor(url, options) {
    super();
    const { createConnection, settings, protocol, ...rest } = options;
    this.url = url;
    this.options = rest;
    this.localSettings = { ...settings };
    this.remoteSettings = {};
    const encrypted = url.protocol === "https:";
    this.socket = { encrypted, remoteAddress: url.hostname, ref() {}, unref() {}, setTimeout() {} };
    process.nextTick(() => {
      if (this.destroyed) return;
      this.connecting = false;
      this.encrypted = encrypted;
      this.alpnProtocol = encrypted ? "h2" : "h2c";
      this.originSet = encrypted ? [url.origin] : undefined;
      this.emit("connect", this, this.socket);
      this.emit("remoteSettings", this.remoteSettings);
    });
  }

  request(given = {}, options = {}) {
    if (this.destroyed) throw invalidSession();
    if (this.closed) throw goaway();
    const headers = { __proto__: null };
    for (const name of Object.keys(given)) headers[name.toLowerCase()] = given[name];
    headers[":method"] ??= "GET";
    headers[":authority"] ??= this.url.host;
    headers[":scheme"] ??= this.url.protocol.slice(0, -1);
    headers[":path"] ??= "/";
    if (`${headers["content-type"]}`.startsWith("application/grpc")) {
      throw unavailable("http2", "request", "gRPC needs HTTP/2, and requests go over HTTP/1.1 there");
    }
    const stream = new ClientHttp2Stream(this, this.#nextId, headers, options);
    this.#nextId += 2;
    this.#streams.add(stream);
    this.touch();
    return stream;
  }

  /** A stream is over. */
  left(stream) {
    this.#streams.delete(stream);
    if (this.closed && this.#streams.size === 0) this.destroy();
  }

  /** Takes no more requests, and ends with the last one. */
  close(callback) {
    if (callback !== undefined) this.once("close", callback);
    if (this.closed || this.destroyed) return;
    this.closed = true;
    if (this.#streams.size === 0) process.nextTick(() => this.destroy());
  }

  destroy(given, code) {
    if (this.destroyed) return;
    const number = typeof given === "number" ? given : code ?? (given ? INTERNAL_ERROR : NO_ERROR);
    const error = typeof given !== "number" ? given : given === NO_ERROR
      ? undefined
      : http2Error("ERR_HTTP2_SESSION_ERROR", `Session closed with error code ${ERROR_NAMES[number] ?? number}`);
    this.destroyed = true;
    this.closed = true;
    this.connecting = false;
    this.#idle.stop();
    for (const stream of [...this.#streams]) stream.destroy(cancelled(error));
    process.nextTick(() => {
      if (error !== undefined) this.emit("error", error);
      this.emit("close");
    });
  }

  touch() {
    this.#idle.touch();
  }
  setTimeout(length, callback) {
    this.#idle.set(length, callback);
    return this;
  }
  settings(settings, callback) {
    Object.assign(this.localSettings, settings);
    process.nextTick(() => {
      if (this.destroyed) return;
      this.emit("localSettings", this.localSettings);
      callback?.(null, this.localSettings, 0);
    });
  }
  ping(payload, callback = payload) {
    const bytes = payload === callback ? new Uint8Array(8) : payload;
    process.nextTick(() => callback?.(null, 0, bytes));
    return true;
  }
  goaway() {}
  setLocalWindowSize() {}
  ref() {}
  unref() {}
}

/** `http2.connect(authority, options, listener)`. */
export function connect(authority, options, listener) {
  const given = typeof options === "function" ? {} : options ?? {};
  const listen = typeof options === "function" ? options : listener;
  const url = typeof authority === "string" ? new URL(authority) : authority;
  const protocol = url.protocol ?? given.protocol ?? "https:";
  if (protocol !== "http:" && protocol !== "https:") {
    throw http2Error("ERR_HTTP2_UNSUPPORTED_PROTOCOL", `protocol "${protocol}" is unsupported.`);
  }
  const whole = url instanceof URL ? url : new URL(`${protocol}//${url.hostname ?? url.host ?? "localhost"}${url.port ? `:${url.port}` : ""}`);
  const session = new ClientHttp2Session(whole, given);
  if (typeof listen === "function") session.once("connect", listen);
  return session;
}
