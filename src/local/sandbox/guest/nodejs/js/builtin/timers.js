// `node:timers`: the handles that programs see of the event loop's timers.

import {
  context,
  delayOf,
  schedule,
  scheduleImmediate,
  setImmediateRef,
  setRef,
  unschedule,
  unscheduleImmediate,
} from "hoist:loop";
import { ERR_INVALID_ARG_TYPE } from "__wasm_rquickjs_builtin/internal/errors";
import * as promises from "node:timers/promises";

const { apply } = Reflect;
const inspect = Symbol.for("nodejs.util.inspect.custom");
const promisify = Symbol.for("nodejs.util.promisify.custom");

/** Timers by number: `clearTimeout(+timer)` works in Node. */
const byNumber = new Map();
let lastNumber = 0;

/** A callback with its arguments and with the context it was made in. */
function bound(callback, args) {
  const captured = context.capture?.();
  if (captured !== undefined) {
    return (receiver) => context.restore(captured, () => apply(callback, receiver, args));
  }
  return (receiver) => apply(callback, receiver, args);
}

export class Timeout {
  #timer;

  constructor(callback, delay, args, repeat) {
    if (typeof callback !== "function") throw new ERR_INVALID_ARG_TYPE("callback", "function", callback);
    const call = bound(callback, args);
    this.#timer = { run: () => call(this), delay: delayOf(delay), repeat, ref: true, due: 0, sequence: 0, index: -1 };
    schedule(this.#timer);
  }
  ref() {
    setRef(this.#timer, true);
    return this;
  }
  unref() {
    setRef(this.#timer, false);
    return this;
  }
  hasRef() {
    return this.#timer.ref;
  }
  refresh() {
    schedule(this.#timer);
    return this;
  }
  close() {
    unschedule(this.#timer);
    return this;
  }
  [Symbol.toPrimitive]() {
    if (this.number === undefined) {
      Object.defineProperty(this, "number", { value: ++lastNumber });
      byNumber.set(this.number, new WeakRef(this));
    }
    return this.number;
  }
  [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() {
    unschedule(this.#timer);
  }
  [inspect](depth, options, show) {
    const { delay, repeat, index } = this.#timer;
    return `Timeout ${show({ _idleTimeout: delay, _repeat: repeat ? delay : null, _destroyed: index === -1 }, options)}`;
  }
}

export class Immediate {
  #immediate;

  constructor(callback, args) {
    if (typeof callback !== "function") throw new ERR_INVALID_ARG_TYPE("callback", "function", callback);
    const call = bound(callback, args);
    this.#immediate = { run: () => call(this), ref: true, done: false };
    scheduleImmediate(this.#immediate);
  }
  ref() {
    setImmediateRef(this.#immediate, true);
    return this;
  }
  unref() {
    setImmediateRef(this.#immediate, false);
    return this;
  }
  hasRef() {
    return this.#immediate.ref && !this.#immediate.done;
  }
  clear() {
    unscheduleImmediate(this.#immediate);
  }
  [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() {
    this.clear();
  }
}
// `clear` is ours alone.
const clear = Immediate.prototype.clear;
delete Immediate.prototype.clear;

export function setTimeout(callback, delay, ...args) {
  return new Timeout(callback, delay, args, false);
}

export function setInterval(callback, delay, ...args) {
  return new Timeout(callback, delay, args, true);
}

export function setImmediate(callback, ...args) {
  return new Immediate(callback, args);
}

export function clearTimeout(timer) {
  if (timer instanceof Timeout) {
    timer.close();
  } else if (typeof timer === "number" || typeof timer === "string") {
    byNumber.get(+timer)?.deref()?.close();
    byNumber.delete(+timer);
  }
}

export const clearInterval = function clearInterval(timer) {
  clearTimeout(timer);
};

export function clearImmediate(immediate) {
  if (immediate instanceof Immediate) apply(clear, immediate, []);
}

for (const timer of [setTimeout, setImmediate]) {
  Object.defineProperty(timer, promisify, { enumerable: true, get: () => promises[timer.name] });
}

export default {
  setTimeout,
  clearTimeout,
  setImmediate,
  clearImmediate,
  setInterval,
  clearInterval,
  promises: promises.default,
};
export { promises };
