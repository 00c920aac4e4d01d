// What programs find in the global scope.

import builtins from "hoist:builtins";
import process from "node:process";
import console from "node:console";
import buffer, { Buffer } from "node:buffer";
import events from "node:events";
import {
  AbortController, AbortSignal, CustomEvent, DOMException, Event, EventTarget, listenersOf,
} from "hoist:event-target";
import { TextDecoder, TextDecoderStream, TextEncoder, TextEncoderStream } from "__wasm_rquickjs_builtin/encoding";
import url, { URL, URLSearchParams } from "node:url";
import * as timers from "node:timers";
import structuredClone from "hoist:structured-clone";
import { performance, PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import { Blob, File } from "__wasm_rquickjs_builtin/http_blob";
import { FormData } from "__wasm_rquickjs_builtin/http_form_data";
import streams from "node:stream/web";
import { webcrypto } from "node:crypto";
import { queueJob } from "hoist:loop";
import { urlOptions } from "node:_http_common";
import { reset } from "__wasm_rquickjs_builtin/perf_hooks_native";
import { toBytes, toText } from "hoist:encoding";
import { ERR_INVALID_ARG_TYPE } from "__wasm_rquickjs_builtin/internal/errors";

const inspect = Symbol.for("nodejs.util.inspect.custom");

function queueMicrotask(callback) {
  if (typeof callback !== "function") throw new ERR_INVALID_ARG_TYPE("callback", "function", callback);
  queueJob(callback);
}

function btoa(input) {
  if (arguments.length === 0) throw new TypeError('The "input" argument must be specified');
  const bytes = toBytes("latin1-strict", `${input}`);
  if (bytes === undefined) throw new DOMException("Invalid character", "InvalidCharacterError");
  return toText("base64", bytes);
}

function atob(input) {
  if (arguments.length === 0) throw new TypeError('The "input" argument must be specified');
  const bytes = toBytes("base64-strict", `${input}`);
  if (bytes === undefined) {
    throw new DOMException("The string to be decoded is not correctly encoded.", "InvalidCharacterError");
  }
  return toText("latin1", bytes);
}

function fetch(input, init = undefined) {
  return builtins.evaluate("hoist:fetch").fetch(input, init);
}

class Navigator {
  get hardwareConcurrency() {
    return 2;
  }
  get language() {
    return "en-US";
  }
  get languages() {
    return Object.freeze(["en-US"]);
  }
  get platform() {
    return "linux";
  }
  get userAgent() {
    return `Node.js/${process.version.slice(1).split(".")[0]}`;
  }
}

// As Node shows them, not as the vendored classes do.
Object.defineProperty(URL.prototype, inspect, {
  value(depth, options, show) {
    if (depth < 0) return "[URL]";
    const shown = {};
    for (const name of ["href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname",
      "search", "searchParams", "hash"]) shown[name] = this[name];
    return `URL ${show(shown, options)}`;
  },
  writable: true,
  configurable: true,
});

Object.assign(buffer, { atob, btoa });

// The vendored one knows only the vendored targets.
const { getEventListeners } = events;
events.getEventListeners = (target, type) =>
  target instanceof EventTarget ? listenersOf(target, type) : getEventListeners(target, type);

// The vendored one leaves out `:`, `?` and `#` of parts that come without, lets the last two stand in paths, and takes
// any object with an `href` for a `URL`.
const { format } = url;
const marked = (part, mark) => (typeof part === "string" && part !== "" && !part.startsWith(mark) ? mark + part : part);
const escaped = (part, marks) => (typeof part === "string" ? part.replace(marks, encodeURIComponent) : part);
const looksLikeUrl = ({ href, protocol, auth, path }) => Boolean(href && protocol && auth === undefined && path === undefined);
url.format = function (urlObject, options) {
  if (urlObject === null || typeof urlObject !== "object" || urlObject instanceof URL || looksLikeUrl(urlObject)) {
    return format(urlObject, options);
  }
  const { protocol, pathname, search, hash, slashes = null } = urlObject;
  const isBare = typeof protocol === "string" && protocol !== "" && !protocol.endsWith(":");
  return format(Object.assign(Object.create(Object.getPrototypeOf(urlObject)), urlObject, {
    slashes,
    protocol: isBare ? `${protocol}:` : protocol,
    pathname: escaped(pathname, /[#?]/g),
    search: escaped(marked(search, "?"), /#/g),
    hash: marked(hash, "#"),
  }), options);
};

url.urlToHttpOptions = urlOptions;

/** Starts the clocks of a new environment. */
export const resetClock = reset;

const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate } = timers;

/** Those of `node:stream/web` that are made already. */
const webStreams = {};
for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(streams))) {
  if (value !== undefined) webStreams[name] = value;
}

/** Listed by `Object.keys(globalThis)` in Node. */
const enumerable = {
  global: globalThis, clearImmediate, setImmediate, clearInterval, clearTimeout, setInterval, setTimeout,
  queueMicrotask, structuredClone, atob, btoa, performance, fetch, navigator: new Navigator(), crypto: webcrypto,
};
const hidden = {
  process, console, Buffer, AbortController, AbortSignal, Blob, CustomEvent, DOMException, Event, EventTarget, File,
  FormData, Navigator, PerformanceEntry, PerformanceObserver, TextDecoder, TextDecoderStream, TextEncoder,
  TextEncoderStream, URL, URLSearchParams, Crypto: webcrypto.constructor, SubtleCrypto: webcrypto.subtle.constructor,
  ...webStreams,
};
for (const [values, isEnumerable] of [[enumerable, true], [hidden, false]]) {
  for (const name of Object.keys(values)) {
    Object.defineProperty(globalThis, name, {
      value: values[name], writable: true, enumerable: isEnumerable, configurable: true,
    });
  }
}
/** Classes that are made when they are first asked for, and where. */
const late = {
  "hoist:compression-stream": ["CompressionStream", "DecompressionStream"],
  "hoist:web-socket": ["WebSocket"],
  "hoist:fetch": ["Headers", "Request", "Response"],
  "hoist:message-channel": ["BroadcastChannel", "MessageChannel", "MessageEvent", "MessagePort"],
};
for (const [specifier, names] of Object.entries(late)) {
  for (const name of names) {
    const define = (value) =>
      Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
    Object.defineProperty(globalThis, name, {
      get() {
        const value = builtins.evaluate(specifier)[name];
        define(value);
        return value;
      },
      set: define,
      enumerable: false,
      configurable: true,
    });
  }
}
Object.defineProperty(globalThis, Symbol.toStringTag, { value: "global", configurable: true });
for (const name of Object.getOwnPropertyNames(globalThis)) {
  // Names of the engine's glue and of classes are not for programs to list.
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
  if (/^(__|wit$|[A-Z])/.test(name) && descriptor.configurable && descriptor.enumerable) {
    Object.defineProperty(globalThis, name, { enumerable: false });
  }
}
