// `Request` and `Response`: https://fetch.spec.whatwg.org, with the messages of Node's.

import { URL } from "node:url";
import { AbortController, AbortSignal } from "hoist:event-target";
import { STATUS_CODES, isToken } from "node:_http_common";
import { Headers, byteString, needs, setGuard } from "hoist:fetch-headers";
import { Body, bodyMethods, bodyOf } from "hoist:fetch-body";

const inspect = Symbol.for("nodejs.util.inspect.custom");
const NORMALIZED = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
const kMade = Symbol("made");

function parseUrl(text, base) {
  try {
    return new URL(text, base);
  } catch (cause) {
    throw new TypeError(`Failed to parse URL from ${text}`, { cause });
  }
}

function oneOf(where, value, accepted) {
  if (accepted.includes(`${value}`)) return `${value}`;
  throw new TypeError(`${where}: ${value} is not an accepted type. Expected one of ${accepted.join(", ")}.`);
}

const CHOICES = {
  referrerPolicy: ["", "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin",
    "origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url"],
  mode: ["navigate", "same-origin", "no-cors", "cors"],
  credentials: ["omit", "same-origin", "include"],
  cache: ["default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"],
  redirect: ["follow", "manual", "error"],
};

let requestState;

export class Request {
  #state;
  static {
    requestState = (request) => request.#state;
  }
  constructor(input, init = {}) {
    needs(arguments, 1, "Request constructor");
    init ??= {};
    const base = input instanceof Request ? input.#state : undefined;
    const state = {
      method: "GET", referrer: "about:client", referrerPolicy: "", mode: "cors", credentials: "same-origin",
      cache: "default", redirect: "follow", integrity: "", keepalive: false, body: null, ...base,
    };
    this.#state = state;
    if (base === undefined) {
      state.url = parseUrl(`${input}`);
      if (state.url.username || state.url.password) {
        throw new TypeError(`Request cannot be constructed from a URL that includes credentials: ${input}`);
      }
    }
    for (const name of Object.keys(CHOICES)) {
      if (init[name] !== undefined) state[name] = oneOf("Request constructor", init[name], CHOICES[name]);
    }
    if (init.method !== undefined) state.method = methodOf(init.method);
    if (init.integrity !== undefined) state.integrity = `${init.integrity}`;
    if (init.keepalive !== undefined) state.keepalive = !!init.keepalive;
    state.dispatcher = init.dispatcher;
    state.signal = followed(init.signal === undefined ? base?.signal : init.signal);
    state.headers = new Headers(init.headers ?? base?.headers);
    this.#setBody(base, init);
  }
  #setBody(base, init) {
    const state = this.#state;
    const given = init.body !== undefined && init.body !== null;
    if ((given || base?.body) && (state.method === "GET" || state.method === "HEAD")) {
      throw new TypeError("Request with GET/HEAD method cannot have body.");
    }
    if (given) {
      const [body, type] = bodyOf(init.body, state.keepalive);
      if (!body.isKnown && body.length === null && init.duplex === undefined) {
        throw new TypeError("RequestInit: duplex option is required when sending a body.");
      }
      state.body = body;
      if (type !== null && !state.headers.has("content-type")) state.headers.append("content-type", type);
    } else if (base?.body) {
      if (base.body.isUsed || base.body.isLocked) {
        throw new TypeError("Cannot construct a Request with a Request object that has already been used.");
      }
      // The other one's body is used up by this one.
      state.body = base.body.isKnown ? new Body({ bytes: base.body.bytes }) : new Body({ source: sourceOf(base.body), length: base.body.length });
      if (base.body.isKnown) base.body.all();
    }
  }
  get method() { return this.#state.method; }
  get url() { return this.#state.url.href; }
  get headers() { return this.#state.headers; }
  get destination() { return ""; }
  get referrer() { return this.#state.referrer; }
  get referrerPolicy() { return this.#state.referrerPolicy; }
  get mode() { return this.#state.mode; }
  get credentials() { return this.#state.credentials; }
  get cache() { return this.#state.cache; }
  get redirect() { return this.#state.redirect; }
  get integrity() { return this.#state.integrity; }
  get keepalive() { return this.#state.keepalive; }
  get isReloadNavigation() { return false; }
  get isHistoryNavigation() { return false; }
  get signal() { return this.#state.signal; }
  get duplex() { return "half"; }
  clone() {
    const { body } = this.#state;
    if (body?.isUsed || body?.isLocked) throw new TypeError("unusable");
    const copy = new Request(this.url, { signal: this.signal });
    copy.#state = {
      ...this.#state, headers: new Headers(this.#state.headers), signal: copy.signal, body: body === null ? null : body.clone(),
    };
    return copy;
  }
  [inspect](depth, options, show) {
    const shown = {};
    for (const name of ["method", "url", "headers", "destination", "referrer", "referrerPolicy", "mode", "credentials",
      "cache", "redirect", "integrity", "keepalive", "isReloadNavigation", "isHistoryNavigation", "signal"]) {
      shown[name] = this[name];
    }
    return `Request ${show(shown, options)}`;
  }
}

function sourceOf(body) {
  const pieces = body.pieces();
  return { pull: async () => (await pieces.next()).value, cancel: () => pieces.return() };
}

function methodOf(value) {
  const method = byteString(value);
  if (!isToken(method)) throw new TypeError(`'${method}' is not a valid HTTP method.`);
  const upper = method.toUpperCase();
  if (["CONNECT", "TRACE", "TRACK"].includes(upper)) throw new TypeError(`'${method}' HTTP method is unsupported.`);
  return NORMALIZED.includes(upper) ? upper : method;
}

/** A signal of the request's own that follows `signal`. */
function followed(signal) {
  if (signal === undefined || signal === null) return new AbortController().signal;
  if (!(typeof signal === "object" && "aborted" in signal && typeof signal.addEventListener === "function")) {
    throw new TypeError("Failed to construct 'Request': member signal is not of type AbortSignal.");
  }
  if (signal instanceof AbortSignal) return AbortSignal.any([signal]);
  const controller = new AbortController();
  if (signal.aborted) controller.abort(signal.reason);
  else signal.addEventListener("abort", () => controller.abort(signal.reason), { once: true });
  return controller.signal;
}

let responseState;

export class Response {
  #state;
  static {
    responseState = (response) => response.#state;
  }
  constructor(body = null, init = {}) {
    if (init?.[kMade]) {
      this.#state = init[kMade];
      return;
    }
    init ??= {};
    const status = init.status === undefined ? 200 : +init.status & 0xffff;
    if (status < 200 || status > 599) throw new RangeError('init["status"] must be in the range of 200 to 599, inclusive.');
    const statusText = init.statusText === undefined ? "" : `${init.statusText}`;
    // eslint-disable-next-line no-control-regex
    if (/[^\t\x20-\x7e\x80-\xff]/.test(statusText)) throw new TypeError("Invalid statusText");
    const state = { status, statusText, headers: new Headers(init.headers ?? undefined), type: "default", url: "", redirected: false, body: null };
    this.#state = state;
    if (body === null || body === undefined) return;
    if ([101, 204, 205, 304].includes(status)) throw new TypeError(`Response constructor: Invalid response status code ${status}`);
    const [made, type] = bodyOf(body);
    state.body = made;
    if (type !== null && !state.headers.has("content-type")) state.headers.append("content-type", type);
  }
  static error() {
    return made({ type: "error", status: 0, statusText: "", url: "", redirected: false, body: null, headers: setGuard(new Headers(), "immutable") });
  }
  static json(data, init = {}) {
    needs(arguments, 1, "Response.json");
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError("Value is not JSON serializable");
    const response = new Response(text, init);
    if (!new Headers(init?.headers ?? undefined).has("content-type")) response.headers.set("content-type", "application/json");
    return response;
  }
  static redirect(url, status = 302) {
    needs(arguments, 1, "Response.redirect");
    const target = parseUrl(`${url}`);
    if (![301, 302, 303, 307, 308].includes(status)) throw new RangeError(`Invalid status code ${status}`);
    const response = made({ status, statusText: "", type: "default", url: "", redirected: false, body: null, headers: new Headers({ location: target.href }) });
    setGuard(response.headers, "immutable");
    return response;
  }
  get type() { return this.#state.type; }
  get url() { return this.#state.url; }
  get redirected() { return this.#state.redirected; }
  get status() { return this.#state.status; }
  get ok() { return this.status >= 200 && this.status <= 299; }
  get statusText() { return this.#state.statusText; }
  get headers() { return this.#state.headers; }
  clone() {
    const { body } = this.#state;
    if (body?.isUsed || body?.isLocked) throw new TypeError("Response.clone: Body has already been consumed.");
    return made({ ...this.#state, headers: new Headers(this.#state.headers), body: body === null ? null : body.clone() });
  }
  [inspect](depth, options, show) {
    const shown = {};
    for (const name of ["status", "statusText", "headers", "body", "bodyUsed", "ok", "redirected", "type", "url"]) shown[name] = this[name];
    return `Response ${show(shown, options)}`;
  }
}

/** A response with this state. */
export function made(state) {
  return new Response(null, { [kMade]: state });
}

bodyMethods(Request, (request) => requestState(request));
bodyMethods(Response, (response) => responseState(response));
for (const Class of [Request, Response]) {
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
  for (const name of Object.getOwnPropertyNames(Class.prototype)) {
    if (name !== "constructor") Object.defineProperty(Class.prototype, name, { enumerable: true });
  }
}

/** What a request says: method, url, headers, body, signal, redirect, … */
export const stateOfRequest = requestState;
export { STATUS_CODES };
