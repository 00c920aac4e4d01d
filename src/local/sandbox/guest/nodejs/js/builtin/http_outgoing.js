// `OutgoingMessage`: headers and body on their way out, written to a socket as HTTP/1.1 text.

import { Buffer } from "node:buffer";
import { Stream } from "node:stream";
import { nextTick } from "node:process";
import {
  hasInvalidChar, invalidChar, isToken, kHeaders, kNeedDrain, utcDate, validateHeaderName, validateHeaderValue,
} from "node:_http_common";
import {
  ERR_HTTP_BODY_NOT_ALLOWED,
  ERR_HTTP_CONTENT_LENGTH_MISMATCH,
  ERR_HTTP_HEADERS_SENT,
  ERR_HTTP_TRAILER_INVALID,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_HTTP_TOKEN,
  ERR_METHOD_NOT_IMPLEMENTED,
  ERR_STREAM_ALREADY_FINISHED,
  ERR_STREAM_CANNOT_PIPE,
  ERR_STREAM_DESTROYED,
  ERR_STREAM_NULL_VALUES,
  ERR_STREAM_WRITE_AFTER_END,
} from "__wasm_rquickjs_builtin/internal/errors";

const { apply } = Reflect;
const kCorked = Symbol("corked");
const kBytesWritten = Symbol("kBytesWritten");
const kErrored = Symbol("errored");
const HIGH_WATER_MARK = 65_536;
const CRLF = "\r\n";
const CRLF_BYTES = Buffer.from(CRLF);
const nothing = () => {};

export function OutgoingMessage(options) {
  apply(Stream, this, []);
  /** Data that waits for a socket. */
  this.outputData = [];
  this.outputSize = 0;
  this.writable = true;
  this.destroyed = false;
  this._last = false;
  this.chunkedEncoding = false;
  this.shouldKeepAlive = true;
  this.maxRequestsOnConnectionReached = false;
  this._defaultKeepAlive = true;
  this.useChunkedEncodingByDefault = true;
  this.sendDate = false;
  this._removedConnection = false;
  this._removedContLen = false;
  this._removedTE = false;
  this.strictContentLength = false;
  this[kBytesWritten] = 0;
  this._contentLength = null;
  this._hasBody = true;
  this._trailer = "";
  this[kNeedDrain] = false;
  this.finished = false;
  this._headerSent = false;
  this[kCorked] = 0;
  this._closed = false;
  this.socket = null;
  this._header = null;
  this[kHeaders] = null;
  this._keepAliveTimeout = 0;
  this._onPendingData = nothing;
  this[kErrored] = null;
  this.highWaterMark = options?.highWaterMark ?? HIGH_WATER_MARK;
}
Object.setPrototypeOf(OutgoingMessage.prototype, Stream.prototype);
Object.setPrototypeOf(OutgoingMessage, Stream);

function getters(members) {
  for (const name of Object.keys(members)) {
    Object.defineProperty(OutgoingMessage.prototype, name, { get: members[name], configurable: true });
  }
}
getters({
  errored() { return this[kErrored]; },
  closed() { return this._closed; },
  writableFinished() { return this.finished && this.outputSize === 0 && !this.socket?.writableLength; },
  writableObjectMode: () => false,
  writableLength() { return this.outputSize + (this.socket?.writableLength ?? 0); },
  writableHighWaterMark() { return this.socket?.writableHighWaterMark ?? this.highWaterMark; },
  writableCorked() { return (this.socket?.writableCorked ?? 0) + this[kCorked]; },
  writableEnded() { return this.finished; },
  writableNeedDrain() { return !this.destroyed && !this.finished && this[kNeedDrain]; },
});
Object.defineProperty(OutgoingMessage.prototype, "headersSent", {
  get() { return !!this._header; },
  configurable: true,
  enumerable: true,
});
Object.defineProperty(OutgoingMessage.prototype, "connection", {
  get() { return this.socket; },
  set(value) { this.socket = value; },
  configurable: true,
});
Object.defineProperty(OutgoingMessage.prototype, "_headers", {
  get() { return this.getHeaders(); },
  set(value) {
    this[kHeaders] = value == null ? null : Object.create(null);
    for (const name of Object.keys(value ?? {})) this[kHeaders][name.toLowerCase()] = [name, value[name]];
  },
  configurable: true,
});
Object.defineProperty(OutgoingMessage.prototype, "_headerNames", {
  get() {
    if (this[kHeaders] === null) return null;
    const names = Object.create(null);
    for (const name of Object.keys(this[kHeaders])) names[name] = this[kHeaders][name][0];
    return names;
  },
  configurable: true,
});

// ---- headers

/** What one header says of the message as a whole. */
function note(message, seen, field, value) {
  switch (field.toLowerCase()) {
    case "connection":
      seen.connection = true;
      message._removedConnection = false;
      if (/(?:^|\W)close(?:$|\W)/i.test(value)) message._last = true;
      else message.shouldKeepAlive = true;
      break;
    case "transfer-encoding":
      seen.encoding = true;
      message._removedTE = false;
      if (/(?:^|\W)chunked(?:$|\W)/i.test(value)) message.chunkedEncoding = true;
      break;
    case "content-length":
      seen.length = true;
      message._contentLength = +value;
      message._removedContLen = false;
      break;
    case "date":
    case "expect":
    case "trailer":
      seen[field.toLowerCase()] = true;
      break;
    case "keep-alive":
      message._defaultKeepAlive = false;
  }
}

function line(message, seen, key, value, validate) {
  if (validate) validateHeaderName(key);
  let values = [value];
  if (Array.isArray(value)) {
    const isCookie = key.toLowerCase() === "cookie" && value.length > 1;
    const joins = message.uniqueHeaders?.has(key.toLowerCase());
    values = isCookie || joins ? [value.join("; ")] : value;
  }
  let text = "";
  for (const one of values) {
    if (validate) validateHeaderValue(key, one);
    text += `${key}: ${one}${CRLF}`;
    note(message, seen, key, one);
  }
  return text;
}

/** The entries of headers as they may be given: pairs, a flat list, a map, an object, or our own table. */
function entriesOf(message, headers) {
  if (!headers) return [];
  if (headers === message[kHeaders]) return Object.values(headers);
  if (Array.isArray(headers)) {
    if (headers.length > 0 && Array.isArray(headers[0])) return headers;
    const pairs = [];
    for (let at = 0; at + 1 < headers.length; at += 2) pairs.push([headers[at], headers[at + 1]]);
    return pairs;
  }
  return Object.keys(headers).map((name) => [name, headers[name]]);
}

function setOne(message, name, value) {
  message[kHeaders] ??= Object.create(null);
  message[kHeaders][name.toLowerCase()] = [name, value];
}

const headerMethods = {
  setHeader(name, value) {
    if (this._header) throw new ERR_HTTP_HEADERS_SENT("set");
    validateHeaderName(name);
    validateHeaderValue(name, value);
    setOne(this, name, value);
    return this;
  },
  setHeaders(headers) {
    if (this._header) throw new ERR_HTTP_HEADERS_SENT("set");
    if (!headers || Array.isArray(headers) || typeof headers.keys !== "function" || typeof headers.get !== "function") {
      throw new ERR_INVALID_ARG_TYPE("headers", ["Headers", "Map"], headers);
    }
    const cookies = [];
    for (const [name, value] of headers) {
      if (name === "set-cookie") cookies.push(...[value].flat());
      else this.setHeader(name, value);
    }
    if (cookies.length > 0) this.setHeader("set-cookie", cookies);
    return this;
  },
  appendHeader(name, value) {
    if (this._header) throw new ERR_HTTP_HEADERS_SENT("append");
    validateHeaderName(name);
    validateHeaderValue(name, value);
    const known = this[kHeaders]?.[name.toLowerCase()];
    if (known === undefined) setOne(this, name, value);
    else known[1] = [known[1], value].flat();
    return this;
  },
  getHeader(name) {
    if (typeof name !== "string") throw new ERR_INVALID_ARG_TYPE("name", "string", name);
    return this[kHeaders]?.[name.toLowerCase()]?.[1];
  },
  getHeaderNames() {
    return Object.keys(this[kHeaders] ?? {});
  },
  getRawHeaderNames() {
    return Object.values(this[kHeaders] ?? {}).map(([name]) => name);
  },
  getHeaders() {
    const headers = Object.create(null);
    for (const name of Object.keys(this[kHeaders] ?? {})) headers[name] = this[kHeaders][name][1];
    return headers;
  },
  hasHeader(name) {
    if (typeof name !== "string") throw new ERR_INVALID_ARG_TYPE("name", "string", name);
    return !!this[kHeaders]?.[name.toLowerCase()];
  },
  removeHeader(name) {
    if (typeof name !== "string") throw new ERR_INVALID_ARG_TYPE("name", "string", name);
    if (this._header) throw new ERR_HTTP_HEADERS_SENT("remove");
    const key = name.toLowerCase();
    if (key === "connection") this._removedConnection = true;
    if (key === "content-length") this._removedContLen = true;
    if (key === "transfer-encoding") this._removedTE = true;
    if (key === "date") this.sendDate = false;
    if (this[kHeaders] !== null) delete this[kHeaders][key];
  },
  _renderHeaders() {
    if (this._header) throw new ERR_HTTP_HEADERS_SENT("render");
    return Object.fromEntries(Object.values(this[kHeaders] ?? {}));
  },
  _implicitHeader() {
    throw new ERR_METHOD_NOT_IMPLEMENTED("_implicitHeader()");
  },

  /** Makes the text of the header. */
  _storeHeader(firstLine, headers) {
    const seen = {};
    let text = firstLine;
    for (const [key, value] of entriesOf(this, headers)) text += line(this, seen, key, value, headers !== this[kHeaders]);
    if (this.sendDate && !seen.date) text += `Date: ${utcDate()}${CRLF}`;
    // Neither has a body.
    if (this.chunkedEncoding && (this.statusCode === 204 || this.statusCode === 304)) {
      this.chunkedEncoding = false;
      this.shouldKeepAlive = false;
    }
    text += this._connectionLines(seen) + this._lengthLine(seen);
    if (!this.chunkedEncoding && seen.trailer) throw new ERR_HTTP_TRAILER_INVALID();
    this._header = text + CRLF;
    this._headerSent = false;
    // Whoever expects a word before the body has to send the header first.
    if (seen.expect) this._send("");
  },

  _connectionLines(seen) {
    if (this._removedConnection) {
      this._last = !this.shouldKeepAlive;
      return "";
    }
    if (seen.connection) return "";
    const keeps = this.shouldKeepAlive && (seen.length || this.useChunkedEncodingByDefault || this.agent);
    if (keeps && !this.maxRequestsOnConnectionReached) {
      const timeout = this._keepAliveTimeout && this._defaultKeepAlive
        ? `Keep-Alive: timeout=${Math.floor(this._keepAliveTimeout / 1000)}${CRLF}` : "";
      return `Connection: keep-alive${CRLF}${timeout}`;
    }
    this._last = true;
    return `Connection: close${CRLF}`;
  },

  _lengthLine(seen) {
    if (seen.length || seen.encoding) return "";
    if (!this._hasBody) {
      this.chunkedEncoding = false;
    } else if (!this.useChunkedEncodingByDefault) {
      this._last = true;
    } else if (!seen.trailer && !this._removedContLen && typeof this._contentLength === "number") {
      return `Content-Length: ${this._contentLength}${CRLF}`;
    } else if (!this._removedTE) {
      this.chunkedEncoding = true;
      return `Transfer-Encoding: chunked${CRLF}`;
    } else {
      this._last = true;
    }
    return "";
  },

  addTrailers(headers) {
    this._trailer = "";
    for (const [field, value] of Array.isArray(headers) ? headers : Object.entries(headers)) {
      if (typeof field !== "string" || !isToken(field)) throw new ERR_INVALID_HTTP_TOKEN("Trailer name", field);
      for (const one of [value].flat()) {
        if (hasInvalidChar(one)) throw invalidChar("trailer content", field);
        this._trailer += `${field}: ${one}${CRLF}`;
      }
    }
  },
  flushHeaders() {
    if (!this._header) this._implicitHeader();
    this._send("");
  },
};

// ---- data

function failWrite(message, error, callback) {
  nextTick(() => {
    callback(error);
    if (!message._closed) message.emit("error", error);
  });
}

/** Writes a piece of the body; `isLast` when it is given to `end`. */
function writePiece(message, chunk, encoding, callback = nothing, isLast) {
  if (chunk === null) throw new ERR_STREAM_NULL_VALUES();
  if (typeof chunk !== "string" && !(chunk instanceof Uint8Array)) {
    throw new ERR_INVALID_ARG_TYPE("chunk", ["string", "Buffer", "Uint8Array"], chunk);
  }
  const length = typeof chunk === "string" ? Buffer.byteLength(chunk, encoding) : chunk.length;
  if (message.finished) {
    failWrite(message, new ERR_STREAM_WRITE_AFTER_END(), callback);
    return false;
  }
  if (message.destroyed) {
    nextTick(() => callback(new ERR_STREAM_DESTROYED("write")));
    return false;
  }
  message[kBytesWritten] += length;
  if (message.strictContentLength && message._contentLength !== null) checkLength(message, isLast);
  if (!message._header) {
    if (isLast) message._contentLength = length;
    message._implicitHeader();
  }
  if (!message._hasBody) {
    if (message.rejectNonStandardBodyWrites) throw new ERR_HTTP_BODY_NOT_ALLOWED();
    nextTick(callback);
    return true;
  }
  if (!isLast && message.socket && !message.socket.writableCorked) {
    const { socket } = message;
    socket.cork?.();
    nextTick(() => socket.uncork?.());
  }
  return message._writeBody(chunk, encoding, callback, length);
}

function checkLength(message, isLast) {
  const { [kBytesWritten]: written, _contentLength: length } = message;
  if (written > length || (isLast && written !== length)) throw new ERR_HTTP_CONTENT_LENGTH_MISMATCH(written, length);
}

const dataMethods = {
  write(chunk, encoding, callback) {
    if (typeof encoding === "function") [callback, encoding] = [encoding, null];
    const isTaken = writePiece(this, chunk, encoding, typeof callback === "function" ? callback : undefined, false);
    if (!isTaken) this[kNeedDrain] = true;
    return isTaken;
  },

  /** One piece of the body in the message's encoding. */
  _writeBody(chunk, encoding, callback, length) {
    if (!this.chunkedEncoding || length === 0) return this._send(chunk, encoding, callback, length);
    this._send(length.toString(16), "latin1", null);
    this._send(CRLF_BYTES, null, null);
    this._send(chunk, encoding, null, length);
    return this._send(CRLF_BYTES, null, callback);
  },

  /** The end of the body in the message's encoding. */
  _writeEnd(callback) {
    if (this._hasBody && this.chunkedEncoding) this._send(`0\r\n${this._trailer}\r\n`, "latin1", callback);
    else this._send("", "latin1", callback);
  },

  end(chunk, encoding, callback) {
    if (typeof chunk === "function") [callback, chunk, encoding] = [chunk, null, null];
    else if (typeof encoding === "function") [callback, encoding] = [encoding, null];
    if (this.socket) this.socket.cork?.();
    if (chunk) {
      if (this.finished) {
        failWrite(this, new ERR_STREAM_WRITE_AFTER_END(), typeof callback === "function" ? callback : nothing);
        return this;
      }
      writePiece(this, chunk, encoding, undefined, true);
    } else if (this.finished) {
      if (typeof callback === "function") {
        if (!this.writableFinished) this.on("finish", callback);
        else callback(new ERR_STREAM_ALREADY_FINISHED("end"));
      }
      return this;
    } else if (!this._header) {
      this._contentLength = 0;
      this._implicitHeader();
    }
    if (typeof callback === "function") this.once("finish", callback);
    if (this.strictContentLength && this._contentLength !== null && this._hasBody) checkLength(this, true);
    this._writeEnd(() => {
      if (!this.socket?._hadError) this.emit("finish");
    });
    if (this.socket) {
      if (this.socket._writableState) this.socket._writableState.corked = 1;
      this.socket.uncork?.();
    }
    this[kCorked] = 1;
    this.uncork();
    this.finished = true;
    if (this.outputData.length === 0 && this.socket?._httpMessage === this) this._finish();
    return this;
  },

  _finish() {
    this.emit("prefinish");
  },

  /** Sends `data` after the header, which goes with the first of it. */
  _send(data, encoding, callback) {
    if (!this._headerSent) {
      const header = this._header;
      if (typeof data === "string" && (encoding === "utf8" || encoding === "latin1" || !encoding)) {
        data = header + data;
      } else {
        this.outputData.unshift({ data: header, encoding: "latin1", callback: null });
        this.outputSize += header.length;
        this._onPendingData(header.length);
      }
      this._headerSent = true;
    }
    return this._writeRaw(data, encoding, callback);
  },

  _writeRaw(data, encoding, callback) {
    const { socket } = this;
    if (socket?.destroyed) return false;
    if (typeof encoding === "function") [callback, encoding] = [encoding, null];
    if (socket && socket._httpMessage === this && socket.writable) {
      if (this.outputData.length > 0) this._flushOutput(socket);
      return socket.write(data, encoding, callback);
    }
    this.outputData.push({ data, encoding, callback });
    this.outputSize += data.length;
    this._onPendingData(data.length);
    return this.outputSize < this.highWaterMark;
  },

  _flush() {
    const { socket } = this;
    if (!socket?.writable) return;
    const isTaken = this._flushOutput(socket);
    if (this.finished) {
      this._finish();
    } else if (isTaken && this[kNeedDrain]) {
      this[kNeedDrain] = false;
      this.emit("drain");
    }
  },

  _flushOutput(socket) {
    for (; this[kCorked] > 0; this[kCorked]--) socket.cork?.();
    const waiting = this.outputData;
    if (waiting.length === 0) return undefined;
    this.outputData = [];
    socket.cork?.();
    let isTaken;
    for (const { data, encoding, callback } of waiting) isTaken = socket.write(data, encoding, callback);
    socket.uncork?.();
    this._onPendingData(-this.outputSize);
    this.outputSize = 0;
    return isTaken;
  },

  cork() {
    this[kCorked]++;
    this.socket?.cork?.();
  },
  uncork() {
    if (this[kCorked] > 0) this[kCorked]--;
    this.socket?.uncork?.();
  },
  setTimeout(ms, callback) {
    if (callback) this.on("timeout", callback);
    if (this.socket) this.socket.setTimeout(ms);
    else this.once("socket", (socket) => socket.setTimeout(ms));
    return this;
  },
  destroy(error) {
    if (this.destroyed) return this;
    this.destroyed = true;
    this[kErrored] = error;
    if (this.socket) this.socket.destroy?.(error);
    else this.once("socket", (socket) => socket.destroy?.(error));
    return this;
  },
  pipe() {
    this.emit("error", new ERR_STREAM_CANNOT_PIPE());
  },
};
Object.assign(OutgoingMessage.prototype, headerMethods, dataMethods);

export default { OutgoingMessage, validateHeaderName, validateHeaderValue };
