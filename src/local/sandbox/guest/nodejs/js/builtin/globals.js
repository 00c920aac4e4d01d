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
  const text = `${input}`;
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 255) throw new DOMException("Invalid character", "InvalidCharacterError");
  }
  return toText("base64", Uint8Array.from(text, (character) => character.charCodeAt(0)));
}

function atob(input) {
  if (arguments.length === 0) throw new TypeError('The "input" argument must be specified');
  const text = `${input}`.replace(/[\t\n\f\r ]/g, "");
  const digits = text.length % 4 === 0 ? text.replace(/={1,2}$/, "") : text;
  if (digits.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(digits)) {
    throw new DOMException("The string to be decoded is not correctly encoded.", "InvalidCharacterError");
  }
  return Buffer.from(toBytes("base64", digits)).toString("latin1");
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

// The vendored one leaves out `:`, `?` and `#` of parts that come without.
const { format } = url;
const marked = (part, mark, isMarked) => (typeof part === "string" && part !== "" && !isMarked ? mark(part) : part);
url.format = function (urlObject, options) {
  if (urlObject === null || typeof urlObject !== "object" || urlObject instanceof URL) return format(urlObject, options);
  const { protocol, search, hash } = urlObject;
  const parts = {
    protocol: marked(protocol, (part) => `${part}:`, protocol?.endsWith?.(":")),
    search: marked(search, (part) => `?${part}`, search?.startsWith?.("?")),
    hash: marked(hash, (part) => `#${part}`, hash?.startsWith?.("#")),
  };
  const isWhole = Object.keys(parts).every((name) => parts[name] === urlObject[name]);
  return format(isWhole ? urlObject : Object.assign(Object.create(Object.getPrototypeOf(urlObject)), urlObject, parts), options);
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
