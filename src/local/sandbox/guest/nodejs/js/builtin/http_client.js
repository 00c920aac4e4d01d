// `ClientRequest`: a request over the host, with Node's events around it.

import { Buffer } from "node:buffer";
import process, { nextTick } from "node:process";
import { URL } from "node:url";
import { OutgoingMessage } from "node:_http_outgoing";
import { IncomingMessage, breakOff } from "node:_http_incoming";
import { globalAgent } from "node:_http_agent";
import { HttpSocket } from "hoist:http-socket";
import { hangUp, isToken, kHeaders, kNeedDrain, urlOptions } from "node:_http_common";
import { Exchange } from "hoist:network";
import {
  AbortError,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_HTTP_TOKEN,
  ERR_HTTP_HEADERS_SENT,
  ERR_OUT_OF_RANGE,
  ERR_UNESCAPED_CHARACTERS,
} from "__wasm_rquickjs_builtin/internal/errors";

const { apply } = Reflect;
const kError = Symbol("kError");
const kOptions = Symbol("kOptions");
/** Pieces of the body that wait for the exchange: { bytes, callback }. */
const kPieces = Symbol("kPieces");
const kEnd = Symbol("kEnd");
const kExchange = Symbol("kExchange");
/** Callbacks for when there is a connection; undefined when there is. */
const kWaiting = Symbol("kWaiting");
const EMPTY = new Uint8Array(0);
const BODILESS = ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

function invalidProtocol(found, expected) {
  const error = new TypeError(`Protocol "${found}" not supported. Expected "${expected}"`);
  error.code = "ERR_INVALID_PROTOCOL";
  return error;
}

function hostOf(value, name) {
  if (value !== null && value !== undefined && typeof value !== "string") {
    throw new ERR_INVALID_ARG_TYPE(`options.${name}`, ["string", "undefined", "null"], value);
  }
  return value;
}

/** A timeout in ms, as Node takes it. */
function duration(value, name) {
  if (typeof value !== "number") throw new ERR_INVALID_ARG_TYPE(name, "number", value);
  if (!(value >= 0) || value === Infinity) throw new ERR_OUT_OF_RANGE(name, "a non-negative finite number", value);
  return value;
}

/** The three forms of arguments as [options, callback]. */
function argumentsOf(input, options, callback) {
  let base;
  if (typeof input === "string") {
    base = urlOptions(new URL(input));
  } else if (input instanceof URL || (typeof input?.href === "string" && input.searchParams && typeof input.protocol === "string")) {
    base = urlOptions(input);
  } else {
    [callback, options] = [options, input];
  }
  if (typeof options === "function") [callback, options] = [options, undefined];
  return [Object.assign(base ?? {}, options), callback];
}

function chosenAgent(options, fallback) {
  const { agent } = options;
  if (agent === false) return new fallback.constructor();
  if (agent === null || agent === undefined) {
    return typeof options.createConnection === "function" ? agent ?? undefined : fallback;
  }
  if (typeof agent.addRequest !== "function") {
    throw new ERR_INVALID_ARG_TYPE("options.agent", ["Agent-like Object", "undefined", "false"], agent);
  }
  return agent;
}

export function ClientRequest(input, given, callback) {
  apply(OutgoingMessage, this, []);
  const [options, listener] = argumentsOf(input, given, callback);
  const fallback = options._defaultAgent || globalAgent;
  this.agent = chosenAgent(options, fallback);
  const protocol = options.protocol || fallback.protocol;
  if (options.path && /[^\u0021-\u00ff]/.test(`${options.path}`)) throw new ERR_UNESCAPED_CHARACTERS("Request path");
  const expected = this.agent?.protocol || fallback.protocol;
  if (protocol !== expected) throw invalidProtocol(protocol, expected);
  const defaultPort = options.defaultPort || this.agent?.defaultPort;
  options.port = options.port || defaultPort || 80;
  options.host = hostOf(options.hostname, "hostname") || hostOf(options.host, "host") || "localhost";
  this[kOptions] = options;
  this[kPieces] = [];
  this[kEnd] = undefined;
  this[kExchange] = undefined;
  this[kWaiting] = [];
  this.socketPath = options.socketPath;
  if (options.timeout !== undefined) this.timeout = duration(options.timeout, "timeout");
  setMethod(this, options.method);
  this.maxHeaderSize = options.maxHeaderSize;
  this.insecureHTTPParser = options.insecureHTTPParser;
  this.joinDuplicateHeaders = options.joinDuplicateHeaders;
  this.path = options.path || "/";
  if (listener) this.once("response", listener);
  this._ended = false;
  this.res = null;
  this.aborted = false;
  this.timeoutCb = null;
  this.upgradeOrConnect = false;
  this.parser = null;
  this.maxHeadersCount = null;
  this.reusedSocket = false;
  this.host = options.host;
  this.protocol = protocol;
  const keeps = this.agent && (this.agent.keepAlive || Number.isFinite(this.agent.maxSockets));
  this._last = !keeps;
  this.shouldKeepAlive = !!keeps;
  setHeaders(this, options, defaultPort);
  if (options.signal) followSignal(this, options.signal);
  connect(this, options, protocol === "https:");
}
Object.setPrototypeOf(ClientRequest.prototype, OutgoingMessage.prototype);
Object.setPrototypeOf(ClientRequest, OutgoingMessage);

function setMethod(request, method) {
  if (method !== null && method !== undefined && typeof method !== "string") {
    throw new ERR_INVALID_ARG_TYPE("options.method", "string", method);
  }
  if (method && !isToken(method)) throw new ERR_INVALID_HTTP_TOKEN("Method", method);
  request.method = method ? method.toUpperCase() : "GET";
  request.useChunkedEncodingByDefault = !BODILESS.includes(request.method);
}

function setHeaders(request, options, defaultPort) {
  if (Array.isArray(options.headers)) {
    request._storeHeader(`${request.method} ${request.path} HTTP/1.1\r\n`, options.headers);
    return;
  }
  for (const name of Object.keys(options.headers ?? {})) request.setHeader(name, options.headers[name]);
  const wantsHost = options.setHost === undefined ? true : !!options.setHost;
  if (options.host && !request.getHeader("host") && wantsHost) {
    let host = options.host;
    let { port } = options;
    if (!request.path.startsWith("/") && request.path !== "*") {
      // Asked of a proxy.
      const target = new URL(/^[^:]+:\/\//.test(request.path) ? request.path : `http://${request.path}`);
      host = target.hostname;
      port = target.port || (target.protocol === "https:" ? "443" : "80");
    }
    if (host.indexOf(":") !== host.lastIndexOf(":") && !host.startsWith("[")) host = `[${host}]`;
    request.setHeader("Host", port && +port !== defaultPort ? `${host}:${port}` : host);
  }
  if (options.auth && !request.getHeader("Authorization")) {
    request.setHeader("Authorization", `Basic ${Buffer.from(options.auth).toString("base64")}`);
  }
  if (request.getHeader("expect")) request._implicitHeader();
}

function followSignal(request, signal) {
  if (typeof signal !== "object" || !("aborted" in signal)) {
    throw new ERR_INVALID_ARG_TYPE("options.signal", "AbortSignal", signal);
  }
  const abort = () => {
    const error = new AbortError();
    Object.defineProperty(error, "cause", { value: signal.reason, writable: true, configurable: true });
    request.destroy(error);
  };
  if (signal.aborted) {
    abort();
    return;
  }
  signal.addEventListener("abort", abort, { once: true });
  request.once("close", () => signal.removeEventListener("abort", abort));
}

function connect(request, options, encrypted) {
  if (request.agent) {
    const { signal, ...others } = options;
    request.agent.addRequest(request, others);
    return;
  }
  let socket = new HttpSocket(options, encrypted);
  try {
    if (typeof options.createConnection === "function") {
      const made = options.createConnection(options, (error, created) => request.onSocket(created, error));
      if (made && !(made instanceof HttpSocket)) throw new TypeError("options.createConnection must give a socket of http.Agent in Hoist's sandbox");
      socket = made;
    }
  } catch (error) {
    nextTick(() => request.emit("error", error));
    return;
  }
  if (socket) request.onSocket(socket);
}

const methods = {
  _implicitHeader() {
    if (this._header) throw new ERR_HTTP_HEADERS_SENT("render");
    this._storeHeader(`${this.method} ${this.path} HTTP/1.1\r\n`, this[kHeaders]);
  },

  onSocket(socket, error) {
    nextTick(() => {
      if (!this.destroyed && !error) {
        attach(this, socket);
        return;
      }
      if (socket && !error && this.agent && !socket.destroyed) socket.emit("free");
      else if (socket) socket.destroy();
      const failure = error || this[kError] || (this.aborted ? undefined : hangUp("socket hang up"));
      if (failure) this.emit("error", failure);
      close(this);
    });
  },

  // The host frames the body itself.
  _writeBody(chunk, encoding, callback) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk, encoding || "utf8") : chunk;
    const exchange = this[kExchange];
    if (exchange !== undefined) {
      send(this, bytes, callback);
      return exchange.pending < this.highWaterMark;
    }
    this[kPieces].push({ bytes, callback });
    this.outputSize += bytes.length;
    if (this.socket && !this[kEnding]) open(this, false);
    return this.writableLength < this.highWaterMark;
  },
  _writeEnd(callback) {
    if (this[kExchange] !== undefined) {
      this[kExchange].end(() => whenConnected(this, callback));
      return;
    }
    this[kEnd] = callback;
    if (this.socket) open(this, true);
  },
  end(chunk, encoding, callback) {
    this[kEnding] = true;
    try {
      return apply(OutgoingMessage.prototype.end, this, [chunk, encoding, callback]);
    } finally {
      this[kEnding] = false;
    }
  },
  _send() {
    this._headerSent = true;
    if (this.socket) this._flush();
    return true;
  },
  _flush() {
    if (!this._header || this[kExchange] !== undefined || this.destroyed) return;
    if (/\r\nexpect: *100-continue/i.test(this._header) && !this[kContinued]) {
      // The host asks no one whether it may go on.
      this[kContinued] = true;
      if (this[kPieces].length === 0 && this[kEnd] === undefined) {
        nextTick(() => this.destroyed || this.emit("continue"));
        return;
      }
      this.emit("continue");
    }
    if (this[kPieces].length > 0 || this[kEnd] !== undefined || this._headerSent) open(this, this[kEnd] !== undefined);
  },

  abort() {
    if (this.aborted) return;
    this.aborted = true;
    nextTick(() => this.emit("abort"));
    this.destroy();
  },
  destroy(error) {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.res?._dump();
    this[kError] = error;
    this.socket?.destroy(error);
    return this;
  },

  setTimeout(ms, callback) {
    if (this._ended) return this;
    listenTimeout(this);
    const timeout = duration(ms, "msecs");
    if (callback) this.once("timeout", callback);
    const start = (socket) => {
      if (socket.connecting) socket.once("connect", () => socket.setTimeout(timeout));
      else socket.setTimeout(timeout);
    };
    if (this.socket) start(this.socket);
    else this.once("socket", start);
    return this;
  },
  setNoDelay(noDelay) {
    deferred(this, "setNoDelay", [noDelay]);
  },
  setSocketKeepAlive(enable, delay) {
    deferred(this, "setKeepAlive", [enable, delay]);
  },
  clearTimeout(callback) {
    this.setTimeout(0, callback);
  },
};
const kEnding = Symbol("kEnding");
const kContinued = Symbol("kContinued");
for (const name of Object.keys(methods)) {
  Object.defineProperty(ClientRequest.prototype, name, { value: methods[name], writable: true, configurable: true, enumerable: true });
}

function deferred(request, name, args) {
  const call = (socket) => socket[name]?.(...args);
  if (request.socket) call(request.socket);
  else request.once("socket", call);
}

function listenTimeout(request) {
  if (request.timeoutCb) return;
  request.timeoutCb = () => request.emit("timeout");
  if (request.socket) request.socket.once("timeout", request.timeoutCb);
  else request.on("socket", (socket) => socket.once("timeout", request.timeoutCb));
}

/** The socket is the request's from now on. */
function attach(request, socket) {
  request.socket = socket;
  socket._httpMessage = request;
  const onError = (error) => {
    socket._hadError = true;
    if (request.res) return;
    request.emit("error", error);
  };
  const onClose = () => {
    const { res } = request;
    request.destroyed = true;
    if (res) {
      breakOff(res, socket.failure ?? hangUp("aborted"));
    } else if (!socket._hadError) {
      socket._hadError = true;
      request.emit("error", hangUp("socket hang up"));
    }
    close(request);
  };
  request.detach = () => {
    socket.removeListener("error", onError);
    socket.removeListener("close", onClose);
    socket.removeListener("timeout", onResponseTimeout);
    if (request.timeoutCb) socket.removeListener("timeout", request.timeoutCb);
    request.detach = undefined;
  };
  socket.on("error", onError);
  socket.on("close", onClose);
  if (request.timeout !== undefined) listenTimeout(request);
  request.emit("socket", socket);
  if (!request.destroyed) request._flush();
}

function close(request) {
  if (request._closed) return;
  request._closed = true;
  request.emit("close");
}

function send(request, bytes, callback) {
  request[kExchange].write(bytes, () => {
    request.socket?._refreshTimeout();
    callback?.();
    if (request[kNeedDrain] && !request.finished && request.writableLength < request.highWaterMark) {
      request[kNeedDrain] = false;
      nextTick(() => request.emit("drain"));
    }
  });
}

/** The lines of the header, as the host takes them. */
function linesOf(header) {
  return header.split("\r\n").slice(1, -2).flatMap((line) => {
    const colon = line.indexOf(": ");
    const name = line.slice(0, colon);
    const value = line.slice(colon + 2);
    return name.toLowerCase() === "expect" && /100-continue/i.test(value) ? [] : [[name, value]];
  });
}

const texts = (value) => (value === undefined || value === null ? [] : [value].flat(3).map(String));

function trustOf(options) {
  return {
    servername: options.servername || undefined,
    unverified: options.rejectUnauthorized === false ||
      (options.rejectUnauthorized === undefined && process.env.NODE_TLS_REJECT_UNAUTHORIZED === "0"),
    ca: texts(options.ca ?? options.secureContext?.ca),
    cert: texts(options.cert).join("\n") || undefined,
    key: texts(options.key).join("\n") || undefined,
  };
}

function joinedPieces(pieces) {
  if (pieces.length === 0) return EMPTY;
  return pieces.length === 1 ? pieces[0].bytes : Buffer.concat(pieces.map(({ bytes }) => bytes));
}

/** Gives the request to the host; `whole` when its body is complete. */
function open(request, whole) {
  const options = { ...request[kOptions], ...(request.agent?.options ? tlsOf(request.agent.options) : {}) };
  const pieces = request[kPieces];
  request[kPieces] = [];
  const message = {
    method: request.method,
    host: options.host,
    port: +options.port,
    path: request.path,
    tls: request.protocol === "https:" ? trustOf(options) : null,
    headers: linesOf(request._header),
    keep: request.shouldKeepAlive,
  };
  const { socket } = request;
  try {
    if (options.socketPath) throw new Error("Hoist's sandbox connects to no socket of the file system (options.socketPath)");
    request[kExchange] = new Exchange(message, joinedPieces(pieces), whole, listenerOf(request, socket));
  } catch (error) {
    nextTick(() => socket.destroy(error));
    return;
  }
  socket.exchange = request[kExchange];
  request._headerSent = true;
  request.outputSize = 0;
  whenConnected(request, () => {
    for (const { callback } of pieces) callback?.();
    if (whole) request[kEnd]?.();
    else if (request[kNeedDrain]) {
      request[kNeedDrain] = false;
      request.emit("drain");
    }
  });
  if (whole) request._finish();
}

/** Calls back once there is a connection: nothing has left the function before. */
function whenConnected(request, callback) {
  if (request[kWaiting] === undefined) nextTick(callback);
  else request[kWaiting].push(callback);
}

/** An agent's own settings of TLS. */
function tlsOf(options) {
  const names = ["ca", "cert", "key", "rejectUnauthorized", "servername", "secureContext"];
  return Object.fromEntries(names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]));
}

function listenerOf(request, socket) {
  let res;
  return {
    onConnect({ reused, peer }) {
      if (reused) request.reusedSocket = true;
      socket.connected(peer);
      const waiting = request[kWaiting] ?? [];
      request[kWaiting] = undefined;
      for (const callback of waiting) callback();
    },
    onResponse(head) {
      socket._refreshTimeout();
      res = incoming(request, socket, head);
      request.res = res;
      res.once("end", () => ended(request, socket, res));
      socket.on("timeout", onResponseTimeout);
      if (request.aborted || !request.emit("response", res)) res._dump();
    },
    onData(bytes) {
      socket._refreshTimeout();
      socket.bytesRead += bytes.length;
      return res.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    },
    onTrailers(headers) {
      res._addTrailers(headers.flat());
    },
    onEnd() {
      socket.exchange = null;
      res.complete = true;
      res.push(null);
    },
    onError(error) {
      socket.exchange = null;
      socket.failure = error;
      socket.destroy(error);
    },
  };
}

function incoming(request, socket, { status, reason, minor, headers }) {
  const res = new IncomingMessage(socket);
  res.httpVersionMajor = 1;
  res.httpVersionMinor = minor;
  res.httpVersion = `1.${minor}`;
  res.statusCode = status;
  res.statusMessage = reason;
  res._addHeaderLines(headers.flat());
  res.joinDuplicateHeaders = request.joinDuplicateHeaders;
  res.upgrade = false;
  res.req = request;
  res.exchange = request[kExchange];
  const connection = headers.find(([name]) => name === "connection")?.[1].toLowerCase() ?? "";
  if (connection.includes("close") || (minor === 0 && !connection.includes("keep-alive"))) request.shouldKeepAlive = false;
  return res;
}

function onResponseTimeout() {
  this._httpMessage?.res?.emit("timeout");
}

/** The response was read to its end: the socket is free for others. */
function ended(request, socket, res) {
  request._ended = true;
  res.exchange = undefined;
  const release = () => {
    request.detach?.();
    request.destroyed = true;
    if (request.shouldKeepAlive && !socket.destroyed && request.agent) socket.emit("free");
    else socket.destroy();
    close(request);
  };
  if (request.finished && request.writableFinished) nextTick(release);
  else if (request.finished) request.once("finish", release);
  else release();
}

export default { ClientRequest };
