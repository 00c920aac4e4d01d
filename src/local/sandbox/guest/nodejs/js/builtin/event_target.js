// `Event`, `EventTarget`, `AbortController` and what belongs to them: https://dom.spec.whatwg.org.
//
// Exceptions of listeners are uncaught exceptions, as in Node; the vendored classes drop them.

import host from "hoist:host";
import { nextTick } from "hoist:loop";
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_THIS } from "__wasm_rquickjs_builtin/internal/errors";

const inspect = Symbol.for("nodejs.util.inspect.custom");
const { apply } = Reflect;

const missing = (message) => Object.assign(new TypeError(message), { code: "ERR_MISSING_ARGS" });

const CODES = {
  IndexSizeError: 1, HierarchyRequestError: 3, WrongDocumentError: 4, InvalidCharacterError: 5,
  NoModificationAllowedError: 7, NotFoundError: 8, NotSupportedError: 9, InUseAttributeError: 10, InvalidStateError: 11,
  SyntaxError: 12, InvalidModificationError: 13, NamespaceError: 14, InvalidAccessError: 15, TypeMismatchError: 17,
  SecurityError: 18, NetworkError: 19, AbortError: 20, URLMismatchError: 21, QuotaExceededError: 22, TimeoutError: 23,
  InvalidNodeTypeError: 24, DataCloneError: 25,
};

export class DOMException extends Error {
  #name;
  constructor(message = "", options = "Error") {
    const isObject = options !== null && typeof options === "object";
    super(message, isObject && "cause" in options ? { cause: options.cause } : undefined);
    this.#name = `${isObject ? (options.name ?? "Error") : options}`;
    // The header was written when the name was not known yet.
    const head = `${this.#name}${this.message === "" ? "" : `: ${this.message}`}`;
    const frames = this.stack.indexOf("\n    at ");
    Object.defineProperty(this, "stack", {
      value: head + (frames === -1 ? "" : this.stack.slice(frames)), writable: true, configurable: true,
    });
  }
  get name() {
    return this.#name;
  }
  get code() {
    return CODES[this.#name] ?? 0;
  }
}
Object.defineProperty(DOMException.prototype, Symbol.toStringTag, { value: "DOMException", configurable: true });
for (const name of Object.keys(CODES)) {
  const constant = name.replace(/Error$/, "").replace(/([a-z])([A-Z])/g, "$1_$2").toUpperCase() + "_ERR";
  for (const holder of [DOMException, DOMException.prototype]) {
    Object.defineProperty(holder, constant, { value: CODES[name], enumerable: true });
  }
}

/** What dispatching changes of an event. */
const kState = Symbol("state");

export class Event {
  #init;
  constructor(type, init) {
    if (arguments.length === 0) throw missing('The "type" argument must be specified');
    if (init !== undefined && init !== null && typeof init !== "object") throw new ERR_INVALID_ARG_TYPE("options", "Object", init);
    this.#init = { type: `${type}`, bubbles: !!init?.bubbles, cancelable: !!init?.cancelable, composed: !!init?.composed };
    Object.defineProperty(this, kState, {
      value: { target: null, current: null, stopped: false, prevented: false, passive: false, trusted: false, time: host.monotonic() },
    });
  }
  get type() {
    return this.#init.type;
  }
  get bubbles() {
    return this.#init.bubbles;
  }
  get cancelable() {
    return this.#init.cancelable;
  }
  get composed() {
    return this.#init.composed;
  }
  get target() {
    return this[kState].target;
  }
  get srcElement() {
    return this[kState].target;
  }
  get currentTarget() {
    return this[kState].current;
  }
  get defaultPrevented() {
    return this[kState].prevented;
  }
  get returnValue() {
    return !this[kState].prevented;
  }
  get eventPhase() {
    return this[kState].current === null ? 0 : 2;
  }
  get timeStamp() {
    return this[kState].time;
  }
  get isTrusted() {
    return this[kState].trusted;
  }
  get cancelBubble() {
    return false;
  }
  composedPath() {
    return this[kState].current === null ? [] : [this[kState].current];
  }
  preventDefault() {
    if (this.#init.cancelable && !this[kState].passive) this[kState].prevented = true;
  }
  stopPropagation() {}
  stopImmediatePropagation() {
    this[kState].stopped = true;
  }
  [inspect](depth, options, show) {
    if (depth < 0) return this.constructor.name;
    const { type, defaultPrevented, cancelable, timeStamp } = this;
    return `${this.constructor.name} ${show({ type, defaultPrevented, cancelable, timeStamp }, options)}`;
  }
}
Object.defineProperty(Event.prototype, Symbol.toStringTag, { value: "Event", configurable: true });
for (const [name, value] of [["NONE", 0], ["CAPTURING_PHASE", 1], ["AT_TARGET", 2], ["BUBBLING_PHASE", 3]]) {
  Object.defineProperty(Event, name, { value, enumerable: true });
  Object.defineProperty(Event.prototype, name, { value, enumerable: true });
}

export class CustomEvent extends Event {
  #detail;
  constructor(type, init) {
    super(type, init);
    this.#detail = init?.detail ?? null;
  }
  get detail() {
    return this.#detail;
  }
}

/** The listeners of a target, by type. */
const kListeners = Symbol("listeners");
const captureOf = (options) => (typeof options === "boolean" ? options : !!options?.capture);

export class EventTarget {
  constructor() {
    Object.defineProperty(this, kListeners, { value: new Map() });
  }
  addEventListener(type, listener, options) {
    if (!this?.[kListeners]) throw new ERR_INVALID_THIS("EventTarget");
    if (arguments.length < 2) throw missing('The "type" and "listener" arguments must be specified');
    if (listener === null || listener === undefined) return;
    if (typeof listener !== "function" && typeof listener !== "object") {
      throw new ERR_INVALID_ARG_TYPE("listener", "EventListener", listener);
    }
    const signal = options?.signal;
    if (signal !== undefined && !(signal instanceof AbortSignal)) throw new ERR_INVALID_ARG_TYPE("options.signal", "AbortSignal", signal);
    if (signal?.aborted) return;
    const capture = captureOf(options);
    const list = this[kListeners].get(`${type}`) ?? [];
    if (list.some((entry) => entry.listener === listener && entry.capture === capture)) return;
    list.push({ listener, capture, once: !!options?.once, passive: !!options?.passive, removed: false });
    this[kListeners].set(`${type}`, list);
    signal?.addEventListener("abort", () => this.removeEventListener(type, listener, capture), { once: true });
  }
  removeEventListener(type, listener, options) {
    const list = this[kListeners].get(`${type}`);
    const capture = captureOf(options);
    const at = list?.findIndex((entry) => entry.listener === listener && entry.capture === capture) ?? -1;
    if (at === -1) return;
    list[at].removed = true;
    list.splice(at, 1);
    if (list.length === 0) this[kListeners].delete(`${type}`);
  }
  dispatchEvent(event) {
    if (!(event instanceof Event)) throw new ERR_INVALID_ARG_TYPE("event", "Event", event);
    const state = event[kState];
    if (state.current !== null) {
      const error = new Error("The event is already being dispatched");
      error.code = "ERR_EVENT_RECURSION";
      throw error;
    }
    state.target = this;
    state.current = this;
    for (const entry of [...(this[kListeners].get(event.type) ?? [])]) {
      if (entry.removed) continue;
      if (entry.once) this.removeEventListener(event.type, entry.listener, entry.capture);
      state.passive = entry.passive;
      this.#call(entry.listener, event);
      if (state.stopped) break;
    }
    state.current = null;
    state.passive = false;
    state.stopped = false;
    return !state.prevented;
  }
  #call(listener, event) {
    try {
      const returned = typeof listener === "function" ? apply(listener, this, [event]) : listener.handleEvent(event);
      returned?.then?.(undefined, raise);
    } catch (error) {
      raise(error);
    }
  }
  [inspect](depth, options, show) {
    return depth < 0 ? this.constructor.name : `${this.constructor.name} ${show({}, options)}`;
  }
}
Object.defineProperty(EventTarget.prototype, Symbol.toStringTag, { value: "EventTarget", configurable: true });

/** Throws an error of a listener where no one catches it. */
function raise(error) {
  nextTick(() => {
    throw error;
  });
}

/** The listeners of a target, for `events.getEventListeners`. */
export function listenersOf(target, type) {
  return (target[kListeners].get(`${type}`) ?? []).map((entry) => entry.listener);
}

const kMake = Symbol("make");

export class AbortSignal extends EventTarget {
  #aborted = false;
  #reason;
  #handler = null;
  #handlerListener;
  constructor(key) {
    if (key !== kMake) {
      const error = new TypeError("Illegal constructor");
      error.code = "ERR_ILLEGAL_CONSTRUCTOR";
      throw error;
    }
    super();
  }
  get aborted() {
    return this.#aborted;
  }
  get reason() {
    return this.#reason;
  }
  get onabort() {
    return this.#handler;
  }
  set onabort(handler) {
    if (this.#handlerListener) this.removeEventListener("abort", this.#handlerListener);
    this.#handler = typeof handler === "function" ? handler : null;
    if (this.#handler === null) return;
    this.#handlerListener = (event) => apply(handler, this, [event]);
    this.addEventListener("abort", this.#handlerListener);
  }
  throwIfAborted() {
    if (this.#aborted) throw this.#reason;
  }
  /** Aborts `signal`, once. */
  static [kMake](signal, reason = new DOMException("This operation was aborted", "AbortError")) {
    if (signal.#aborted) return;
    signal.#aborted = true;
    signal.#reason = reason;
    const event = new Event("abort");
    event[kState].trusted = true;
    signal.dispatchEvent(event);
  }
  static abort(reason) {
    const signal = new AbortSignal(kMake);
    AbortSignal[kMake](signal, reason);
    return signal;
  }
  static timeout(delay) {
    const signal = new AbortSignal(kMake);
    const abort = () => AbortSignal[kMake](signal, new DOMException("The operation was aborted due to timeout", "TimeoutError"));
    setTimeout(abort, delay).unref();
    return signal;
  }
  static any(signals) {
    const result = new AbortSignal(kMake);
    for (const signal of [...signals]) {
      if (!(signal instanceof AbortSignal)) throw new ERR_INVALID_ARG_TYPE("signals", "AbortSignal", signal);
      if (result.aborted) break;
      if (signal.aborted) AbortSignal[kMake](result, signal.reason);
      else signal.addEventListener("abort", () => AbortSignal[kMake](result, signal.reason), { once: true });
    }
    return result;
  }
  [inspect](depth, options, show) {
    return depth < 0 ? "[AbortSignal]" : `AbortSignal ${show({ aborted: this.#aborted }, options)}`;
  }
}
Object.defineProperty(AbortSignal.prototype, Symbol.toStringTag, { value: "AbortSignal", configurable: true });

export class AbortController {
  #signal = new AbortSignal(kMake);
  get signal() {
    return this.#signal;
  }
  abort(reason) {
    AbortSignal[kMake](this.#signal, reason);
  }
  [inspect](depth, options, show) {
    return depth < 0 ? "[AbortController]" : `AbortController ${show({ signal: this.#signal }, options)}`;
  }
}
Object.defineProperty(AbortController.prototype, Symbol.toStringTag, { value: "AbortController", configurable: true });
