// `node:async_hooks`: `AsyncLocalStorage` and `AsyncResource`.
//
// The engine does not tell a script which promise job belongs to which call. So a `run` whose function gives a
// promise stays in force until that promise is settled: right for one asynchronous context at a time, which is
// what an invocation has. Two at once cannot be told apart; that is said in a warning. Timers, immediates,
// ticks and microtasks get the context they were made in.

import { context } from "hoist:loop";
import { emitWarning } from "node:process";
import { ERR_INVALID_ARG_TYPE } from "__wasm_rquickjs_builtin/internal/errors";

const { apply } = Reflect;
const then = Promise.prototype.then;
const NativePromise = Promise;

/** The innermost frame: { storage, store, parent }. */
let current;

/** Forgets what an earlier invocation left. */
export function reset() {
  current = undefined;
}

function within(frame, run) {
  const previous = current;
  current = frame;
  try {
    return run();
  } finally {
    current = previous;
  }
}

/** From the first storage on, callbacks carry their context. */
function install() {
  context.capture ??= () => current;
  context.restore ??= within;
}

let hasWarned = false;
function warnOfOverlap() {
  if (hasWarned) return;
  hasWarned = true;
  emitWarning("AsyncLocalStorage: Hoist's sandbox keeps one asynchronous run at a time; with several at once " +
    "getStore() may give the store of another");
}

export class AsyncLocalStorage {
  #defaultValue;
  #unsettled = 0;

  constructor(options) {
    this.#defaultValue = options?.defaultValue;
    this.name = options?.name ?? "";
    install();
  }
  static bind(callback) {
    return AsyncResource.bind(callback);
  }
  static snapshot() {
    const frame = current;
    return (run, ...args) => within(frame, () => run(...args));
  }
  getStore() {
    for (let frame = current; frame !== undefined; frame = frame.parent) {
      if (frame.storage === this) return frame.store;
    }
    return this.#defaultValue;
  }
  run(store, callback, ...args) {
    const previous = current;
    const frame = { storage: this, store, parent: previous };
    current = frame;
    let result;
    try {
      result = callback(...args);
    } catch (error) {
      current = previous;
      throw error;
    }
    if (!(result instanceof NativePromise)) {
      current = previous;
      return result;
    }
    if (this.#unsettled > 0) warnOfOverlap();
    this.#unsettled++;
    const leave = () => {
      this.#unsettled--;
      if (current === frame) current = previous;
    };
    apply(then, result, [leave, leave]);
    return result;
  }
  exit(callback, ...args) {
    return this.run(undefined, callback, ...args);
  }
  enterWith(store) {
    current = { storage: this, store, parent: current };
  }
  disable() {
    for (let frame = current; frame !== undefined; frame = frame.parent) {
      if (frame.storage === this) frame.store = undefined;
    }
  }
}

let lastId = 1;

export class AsyncResource {
  #frame = current;
  #id = ++lastId;

  constructor(type) {
    if (typeof type !== "string") throw new ERR_INVALID_ARG_TYPE("type", "string", type);
  }
  runInAsyncScope(callback, receiver, ...args) {
    return within(this.#frame, () => apply(callback, receiver, args));
  }
  asyncId() {
    return this.#id;
  }
  triggerAsyncId() {
    return 1;
  }
  emitDestroy() {
    return this;
  }
  bind(callback, receiver) {
    if (typeof callback !== "function") throw new ERR_INVALID_ARG_TYPE("fn", "function", callback);
    const resource = this;
    const bound = function (...args) {
      return resource.runInAsyncScope(callback, receiver ?? this, ...args);
    };
    Object.defineProperty(bound, "length", { value: callback.length, configurable: true });
    return bound;
  }
  static bind(callback, type, receiver) {
    return new AsyncResource(type || callback.name || "bound-anonymous-fn").bind(callback, receiver);
  }
}

export function createHook() {
  const unavailable = () => {
    throw new Error("async_hooks.createHook is not available in Hoist's sandbox: the engine reports no asynchronous resources");
  };
  return { enable: unavailable, disable() {
    return this;
  } };
}

export const executionAsyncId = () => 1;
export const triggerAsyncId = () => 0;
export const executionAsyncResource = () => ({});
const asyncWrapProviders = Object.freeze(Object.create(null));

export default {
  AsyncLocalStorage, AsyncResource, asyncWrapProviders, createHook, executionAsyncId, executionAsyncResource, triggerAsyncId,
};
