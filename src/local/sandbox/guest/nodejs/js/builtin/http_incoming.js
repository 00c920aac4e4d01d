// `IncomingMessage`: what comes in, with Node's rules for headers that are there more than once.

import { Readable } from "node:stream";
import { nextTick } from "node:process";
import { hangUp } from "node:_http_common";

const { apply } = Reflect;
const kHeaders = Symbol("kHeaders");
const kDistinct = Symbol("kHeadersDistinct");
/** How many raw headers there are; those that a program sets by hand do not count, as in Node. */
const kCount = Symbol("kHeadersCount");
const kTrailers = Symbol("kTrailers");
const kTrailersDistinct = Symbol("kTrailersDistinct");

/** The first one counts. */
const FIRST = new Set([
  "age", "authorization", "content-length", "content-type", "etag", "expires", "from", "host", "if-modified-since",
  "if-unmodified-since", "last-modified", "location", "max-forwards", "proxy-authorization", "referer", "retry-after",
  "server", "user-agent",
]);

export function IncomingMessage(socket) {
  apply(Readable, this, [{ autoDestroy: true, highWaterMark: socket?.readableHighWaterMark }]);
  this._readableState.readingMore = true;
  this.socket = socket;
  this.httpVersionMajor = null;
  this.httpVersionMinor = null;
  this.httpVersion = null;
  this.complete = false;
  this[kHeaders] = null;
  this[kDistinct] = null;
  this[kCount] = 0;
  this.rawHeaders = [];
  this[kTrailers] = null;
  this[kTrailersDistinct] = null;
  this.rawTrailers = [];
  this.joinDuplicateHeaders = false;
  this.aborted = false;
  this.upgrade = null;
  this.url = "";
  this.method = null;
  this.statusCode = null;
  this.statusMessage = null;
  this.client = socket;
  this._consuming = false;
  this._dumped = false;
}
Object.setPrototypeOf(IncomingMessage.prototype, Readable.prototype);
Object.setPrototypeOf(IncomingMessage, Readable);

const joined = (message, raw) => {
  const headers = {};
  for (let at = 0; at < message[kCount]; at += 2) message._addHeaderLine(raw[at], raw[at + 1], headers);
  return headers;
};
const distinct = (message, raw) => {
  const headers = Object.create(null);
  for (let at = 0; at < message[kCount]; at += 2) message._addHeaderLineDistinct(raw[at], raw[at + 1], headers);
  return headers;
};

/** Headers made of the raw ones when they are first looked at. */
function lazily(name, key, raw, make) {
  Object.defineProperty(IncomingMessage.prototype, name, {
    get() {
      this[key] ??= make(this, this[raw]);
      return this[key];
    },
    set(value) {
      this[key] = value;
    },
    configurable: true,
  });
}
lazily("headers", kHeaders, "rawHeaders", joined);
lazily("headersDistinct", kDistinct, "rawHeaders", distinct);
lazily("trailers", kTrailers, "rawTrailers", () => ({}));
lazily("trailersDistinct", kTrailersDistinct, "rawTrailers", () => Object.create(null));

Object.defineProperty(IncomingMessage.prototype, "connection", {
  get() {
    return this.socket;
  },
  set(value) {
    this.socket = value;
  },
  configurable: true,
});

Object.assign(IncomingMessage.prototype, {
  setTimeout(ms, callback) {
    if (callback) this.on("timeout", callback);
    this.socket.setTimeout(ms);
    return this;
  },

  _read() {
    if (!this._consuming) {
      this._readableState.readingMore = false;
      this._consuming = true;
    }
    this.exchange?.read();
  },

  _destroy(error, callback) {
    if (!this.readableEnded || !this.complete) {
      this.aborted = true;
      this.emit("aborted");
    }
    if (this.socket && !this.socket.destroyed && this.aborted) this.socket.destroy?.(error);
    // Nobody asked for the error of a message that nobody listens to.
    if (!error || this.listenerCount("error") === 0) error = null;
    nextTick(() => callback(error));
  },

  _addHeaderLines(headers, count = headers?.length) {
    if (!headers || headers.length === 0) return;
    if (this.complete) {
      this._addTrailers(headers);
      return;
    }
    this.rawHeaders = headers;
    this[kCount] = count;
    if (this[kHeaders]) for (let at = 0; at < count; at += 2) this._addHeaderLine(headers[at], headers[at + 1], this[kHeaders]);
  },

  /** Trailers arrive when programs may have looked at them already. */
  _addTrailers(raw) {
    this.rawTrailers = raw;
    for (let at = 0; at < raw.length; at += 2) {
      this._addHeaderLine(raw[at], raw[at + 1], this.trailers);
      this._addHeaderLineDistinct(raw[at], raw[at + 1], this.trailersDistinct);
    }
  },

  _addHeaderLine(field, value, headers) {
    const name = field.toLowerCase();
    if (name === "set-cookie") {
      if (headers[name] === undefined) headers[name] = [value];
      else headers[name].push(value);
    } else if (headers[name] === undefined) {
      headers[name] = value;
    } else if (this.joinDuplicateHeaders || !FIRST.has(name)) {
      headers[name] += (name === "cookie" ? "; " : ", ") + value;
    }
  },

  _addHeaderLineDistinct(field, value, headers) {
    const name = field.toLowerCase();
    if (headers[name]) headers[name].push(value);
    else headers[name] = [value];
  },

  _dump() {
    if (this._dumped) return;
    this._dumped = true;
    this.resume();
  },
  _dumpAndCloseReadable() {
    this._dumped = true;
    this._readableState.ended = true;
    this._readableState.endEmitted = true;
    this._readableState.destroyed = true;
    this._readableState.closed = true;
    this._readableState.closeEmitted = true;
  },
});
for (const name of Object.keys(IncomingMessage.prototype)) {
  const descriptor = Object.getOwnPropertyDescriptor(IncomingMessage.prototype, name);
  if (typeof descriptor.value === "function") {
    Object.defineProperty(descriptor.value, "name", { value: name });
  }
}

/** Ends a message that the other side broke off. */
export function breakOff(message, error = hangUp("aborted")) {
  if (!message.complete) message.destroy(error);
}

export default { IncomingMessage };
