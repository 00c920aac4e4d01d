// `node:async_hooks`: `AsyncLocalStorage`, `AsyncResource` and hooks.
//
// The engine does not tell a script which promise job belongs to which call. So a `run` whose function gives a
// promise stays in force until that promise is settled: right for one asynchronous context at a time, which is
// what an invocation has. Two at once cannot be told apart; that is said in a warning. Timers, immediates,
// ticks and microtasks get the context they were made in. Hooks hear of the same and not of promises.

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
  context.capture ??= capture;
  context.restore ??= restore;
}

// ---- hooks

/** Hooks that are enabled: { init, before, after, destroy }. */
const hooks = new Set();
/** Asynchronous ids: of what runs now, of what it was made in, and the last that was given. */
let execution = { id: 1, trigger: 0, resource: {} };
let lastId = 1;

/** Something that will call back, as hooks see it. */
class Resource {
  constructor(frame, type, resource) {
    this.frame = frame;
    this.id = ++lastId;
    this.trigger = execution.id;
    this.resource = resource ?? this;
    for (const hook of hooks) hook.init?.(this.id, type, this.trigger, this.resource);
    if (resource === undefined) collected?.register(this, this.id);
  }
}

let collected;
/** Tells hooks of resources that are gone. */
function watchCollection() {
  collected ??= new FinalizationRegistry((id) => {
    for (const hook of hooks) hook.destroy?.(id);
  });
}

function capture() {
  return hooks.size === 0 ? current : new Resource(current, "Callback");
}

function restore(captured, run) {
  if (!(captured instanceof Resource)) return within(captured, run);
  return executing(captured, () => within(captured.frame, run));
}

function executing(resource, run) {
  const previous = execution;
  execution = resource;
  for (const hook of hooks) hook.before?.(resource.id);
  try {
    return run();
  } finally {
    for (const hook of hooks) hook.after?.(resource.id);
    execution = previous;
  }
}

let hasWarnedOfPromises = false;

class AsyncHook {
  #callbacks;
  constructor(callbacks) {
    this.#callbacks = callbacks;
  }
  enable() {
    install();
    hooks.add(this.#callbacks);
    if (this.#callbacks.destroy !== undefined) watchCollection();
    if (!hasWarnedOfPromises) {
      hasWarnedOfPromises = true;
      emitWarning("async_hooks: in Hoist's sandbox hooks hear of timers, ticks and requests, not of promises");
    }
    return this;
  }
  disable() {
    hooks.delete(this.#callbacks);
    return this;
  }
}

export function createHook(callbacks) {
  const { init, before, after, destroy } = callbacks;
  for (const [name, callback] of Object.entries({ init, before, after, destroy })) {
    if (callback !== undefined && typeof callback !== "function") {
      const error = new TypeError(`hook.${name} must be a function`);
      error.code = "ERR_ASYNC_CALLBACK";
      throw error;
    }
  }
  return new AsyncHook(callbacks);
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

export class AsyncResource {
  #resource;

  constructor(type) {
    if (typeof type !== "string") throw new ERR_INVALID_ARG_TYPE("type", "string", type);
    this.#resource = new Resource(current, type, this);
  }
  runInAsyncScope(callback, receiver, ...args) {
    return executing(this.#resource, () => within(this.#resource.frame, () => apply(callback, receiver, args)));
  }
  asyncId() {
    return this.#resource.id;
  }
  triggerAsyncId() {
    return this.#resource.trigger;
  }
  emitDestroy() {
    for (const hook of hooks) hook.destroy?.(this.#resource.id);
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

export const executionAsyncId = () => execution.id;
export const triggerAsyncId = () => execution.trigger;
export const executionAsyncResource = () => execution.resource;
const asyncWrapProviders = Object.freeze(Object.create(null));

export default {
  AsyncLocalStorage, AsyncResource, asyncWrapProviders, createHook, executionAsyncId, executionAsyncResource, triggerAsyncId,
};
