// `ServerResponse` for frameworks that answer without a server, and the server that cannot listen.

import { EventEmitter } from "node:events";
import { OutgoingMessage } from "node:_http_outgoing";
import { STATUS_CODES, hasInvalidChar, invalidChar, kHeaders } from "node:_http_common";
import { unavailable } from "hoist:unavailable";
import {
  ERR_HTTP_HEADERS_SENT,
  ERR_HTTP_SOCKET_ASSIGNED,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
} from "__wasm_rquickjs_builtin/internal/errors";

const { apply } = Reflect;

export function ServerResponse(request, options) {
  apply(OutgoingMessage, this, [options]);
  if (request.method === "HEAD") this._hasBody = false;
  this.req = request;
  this.sendDate = true;
  this._sent100 = false;
  this._expect_continue = false;
  if (request.httpVersionMajor < 1 || request.httpVersionMinor < 1) {
    this.useChunkedEncodingByDefault = /(?:^|\W)chunked(?:$|\W)/i.test(request.headers.te);
    this.shouldKeepAlive = false;
  }
}
Object.setPrototypeOf(ServerResponse.prototype, OutgoingMessage.prototype);
Object.setPrototypeOf(ServerResponse, OutgoingMessage);

/** Its socket was closed: so is the response. */
function onSocketClose() {
  const response = this._httpMessage;
  if (!response) return;
  response.destroyed = true;
  response._closed = true;
  response.emit("close");
}

function invalidStatus(code) {
  const error = new RangeError(`Invalid status code: ${code}`);
  error.code = "ERR_HTTP_INVALID_STATUS_CODE";
  return error;
}

/** The headers of `writeHead` among those that are set. */
function merge(response, given) {
  if (response[kHeaders] === null) return given;
  if (Array.isArray(given)) {
    const pairs = Array.isArray(given[0]) ? given : given.flatMap((one, at) => (at % 2 === 0 ? [[one, given[at + 1]]] : []));
    if (!Array.isArray(given[0]) && given.length % 2 !== 0) throw new ERR_INVALID_ARG_VALUE("headers", given);
    for (const [name] of pairs) response.removeHeader(name);
    for (const [name, value] of pairs) if (name) response.appendHeader(name, value);
  } else {
    for (const name of Object.keys(given ?? {})) if (name) response.setHeader(name, given[name]);
  }
  return response[kHeaders];
}

const methods = {
  assignSocket(socket) {
    if (socket._httpMessage) throw new ERR_HTTP_SOCKET_ASSIGNED();
    socket._httpMessage = this;
    socket.on("close", onSocketClose);
    this.socket = socket;
    this._flush();
  },
  detachSocket(socket) {
    socket.removeListener("close", onSocketClose);
    socket._httpMessage = null;
    this.socket = null;
  },
  _finish() {
    apply(OutgoingMessage.prototype._finish, this, []);
  },
  _implicitHeader() {
    this.writeHead(this.statusCode);
  },
  writeHead(statusCode, reason, given) {
    if (this._header) throw new ERR_HTTP_HEADERS_SENT("write");
    const original = statusCode;
    statusCode |= 0;
    if (statusCode < 100 || statusCode > 999) throw invalidStatus(original);
    if (typeof reason === "string") {
      this.statusMessage = reason;
    } else {
      this.statusMessage ||= STATUS_CODES[statusCode] || "unknown";
      given ??= reason;
    }
    this.statusCode = statusCode;
    const headers = merge(this, given);
    if (hasInvalidChar(this.statusMessage)) throw invalidChar("statusMessage");
    // Without a body.
    if (statusCode === 204 || statusCode === 304 || statusCode < 200) this._hasBody = false;
    if (this._expect_continue && !this._sent100) this.shouldKeepAlive = false;
    this._storeHeader(`HTTP/1.1 ${statusCode} ${this.statusMessage}\r\n`, headers);
    return this;
  },
  writeContinue(callback) {
    this._writeRaw("HTTP/1.1 100 Continue\r\n\r\n", "latin1", callback);
    this._sent100 = true;
  },
  writeProcessing(callback) {
    this._writeRaw("HTTP/1.1 102 Processing\r\n\r\n", "latin1", callback);
  },
  writeEarlyHints(hints, callback) {
    if (hints === null || typeof hints !== "object") throw new ERR_INVALID_ARG_TYPE("hints", "Object", hints);
    const lines = Object.entries(hints).map(([name, value]) => `${name === "link" ? "Link" : name}: ${[value].flat().join(", ")}\r\n`);
    this._writeRaw(`HTTP/1.1 103 Early Hints\r\n${lines.join("")}\r\n`, "ascii", callback);
  },
  statusCode: 200,
  statusMessage: undefined,
};
Object.assign(ServerResponse.prototype, methods);
ServerResponse.prototype.writeHeader = ServerResponse.prototype.writeHead;

export function Server(options, listener) {
  if (!(this instanceof Server)) return new Server(options, listener);
  apply(EventEmitter, this, []);
  if (typeof options === "function") [listener, options] = [options, {}];
  if (listener) this.on("request", listener);
  this.listening = false;
  this.timeout = 0;
  this.keepAliveTimeout = 5000;
  this.headersTimeout = 60_000;
  this.requestTimeout = 300_000;
  this.maxHeadersCount = null;
  this.maxRequestsPerSocket = 0;
}
Object.setPrototypeOf(Server.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Server, EventEmitter);

Object.assign(Server.prototype, {
  listen() {
    throw unavailable("http", "Server.listen", "nothing can connect to a function; export a handler instead");
  },
  close(callback) {
    const error = Object.assign(new Error("Server is not running."), { code: "ERR_SERVER_NOT_RUNNING" });
    queueMicrotask(() => callback?.(error));
    return this;
  },
  closeAllConnections() {},
  closeIdleConnections() {},
  address: () => null,
  getConnections(callback) {
    queueMicrotask(() => callback(null, 0));
    return this;
  },
  setTimeout(ms, callback) {
    this.timeout = ms;
    if (callback) this.on("timeout", callback);
    return this;
  },
  ref() {
    return this;
  },
  unref() {
    return this;
  },
});

export const createServer = (options, listener) => new Server(options, listener);

export default { STATUS_CODES, Server, ServerResponse, createServer };
