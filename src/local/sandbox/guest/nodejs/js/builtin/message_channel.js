// `MessageChannel`, `MessagePort`, `BroadcastChannel` and `MessageEvent`: https://html.spec.whatwg.org/multipage/web-messaging.html.

import structuredClone from "hoist:structured-clone";
import { DOMException, Event, EventTarget } from "hoist:event-target";
import { setImmediate } from "node:timers";
import { ERR_INVALID_ARG_TYPE } from "__wasm_rquickjs_builtin/internal/errors";

const inspect = Symbol.for("nodejs.util.inspect.custom");
const kMake = Symbol("make");

export class MessageEvent extends Event {
  #init;
  constructor(type, init = {}) {
    super(type, init);
    const { origin = "", lastEventId = "", source = null, ports = [] } = init ?? {};
    if (source !== null && !(source instanceof MessagePort)) {
      throw new ERR_INVALID_ARG_TYPE("init.source", "MessagePort", source);
    }
    this.#init = { data: init !== null && "data" in (init ?? {}) ? init.data : null, origin: `${origin}`, lastEventId: `${lastEventId}`, source, ports: Object.freeze([...ports]) };
  }
  get data() { return this.#init.data; }
  get origin() { return this.#init.origin; }
  get lastEventId() { return this.#init.lastEventId; }
  get source() { return this.#init.source; }
  get ports() { return this.#init.ports; }
}

/** An attribute like `onmessage`. */
function handlerAttribute(prototype, type, onSet) {
  const key = Symbol(`on${type}`);
  Object.defineProperty(prototype, `on${type}`, {
    get() {
      return this[key]?.handler ?? null;
    },
    set(handler) {
      if (this[key]) this.removeEventListener(type, this[key]);
      const listener = typeof handler === "function" ? (event) => Reflect.apply(handler, this, [event]) : undefined;
      if (listener) {
        listener.handler = handler;
        this.addEventListener(type, listener);
        onSet?.(this);
      }
      Object.defineProperty(this, key, { value: listener, writable: true, configurable: true });
    },
    enumerable: true,
    configurable: true,
  });
}

/** A value as the other side gets it: copied, with ports and buffers handed over. */
function transferred(value, transfer) {
  const ports = transfer.filter((one) => one instanceof MessagePort);
  if (ports.length === 0) return { data: structuredClone(value, { transfer }), ports };
  // Ports are handed over as they are: there is one thread.
  const others = transfer.filter((one) => !(one instanceof MessagePort));
  const keep = (one) => {
    if (ports.includes(one)) return one;
    if (Array.isArray(one)) return one.map(keep);
    if (one !== null && typeof one === "object" && Object.getPrototypeOf(one) === Object.prototype) {
      return Object.fromEntries(Object.entries(one).map(([name, item]) => [name, keep(item)]));
    }
    return structuredClone(one, { transfer: others });
  };
  return { data: keep(value), ports };
}

export class MessagePort extends EventTarget {
  #other;
  #queue = [];
  #started = false;
  #closed = false;
  #scheduled = false;
  /** What `on` wrapped, by listener. */
  #wrapped = new Map();

  constructor(key) {
    if (key !== kMake) throw Object.assign(new TypeError("Constructor cannot be called"), { code: "ERR_CONSTRUCT_CALL_INVALID" });
    super();
  }
  static [kMake]() {
    const one = new MessagePort(kMake);
    const other = new MessagePort(kMake);
    one.#other = other;
    other.#other = one;
    return [one, other];
  }

  postMessage(value, options) {
    if (arguments.length === 0) throw Object.assign(new TypeError("Not enough arguments to MessagePort.postMessage"), { code: "ERR_MISSING_ARGS" });
    const transfer = Array.isArray(options) ? options : [...(options?.transfer ?? [])];
    if (transfer.includes(this)) throw new DOMException("Transfer list contains source port", "DataCloneError");
    const message = transferred(value, transfer);
    const other = this.#other;
    if (this.#closed || other === undefined || other.#closed) return;
    other.#queue.push(message);
    other.#schedule();
  }
  #schedule() {
    if (!this.#started || this.#scheduled || this.#queue.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const message = this.#queue.shift();
      if (message === undefined) return;
      this.#schedule();
      this.dispatchEvent(new MessageEvent("message", message));
    });
  }
  start() {
    if (this.#closed) return;
    this.#started = true;
    this.#schedule();
  }
  addEventListener(type, listener, options) {
    super.addEventListener(type, listener, options);
    if (type === "message") this.start();
  }
  close(callback) {
    if (typeof callback === "function") this.addEventListener("close", callback, { once: true });
    if (this.#closed) return;
    for (const port of [this, this.#other]) {
      port.#closed = true;
      setImmediate(() => port.dispatchEvent(new Event("close")));
    }
  }
  ref() {}
  unref() {}
  hasRef() {
    return this.#started && !this.#closed;
  }

  // As an emitter: listeners get the data.
  on(type, listener) {
    return this.#listen(type, listener, false);
  }
  once(type, listener) {
    return this.#listen(type, listener, true);
  }
  #listen(type, listener, once) {
    const wrapped = (event) => Reflect.apply(listener, this, type === "message" ? [event.data] : []);
    this.#wrapped.set(listener, wrapped);
    this.addEventListener(type, wrapped, { once });
    if (type === "message") this.start();
    return this;
  }
  off(type, listener) {
    this.removeEventListener(type, this.#wrapped.get(listener) ?? listener);
    this.#wrapped.delete(listener);
    return this;
  }
  addListener(type, listener) {
    return this.on(type, listener);
  }
  removeListener(type, listener) {
    return this.off(type, listener);
  }

  /** The next message that waits, or undefined. */
  static receive(port) {
    if (!(port instanceof MessagePort)) throw new ERR_INVALID_ARG_TYPE("port", "MessagePort", port);
    const message = port.#queue.shift();
    return message && { message: message.data };
  }
  [inspect](depth, options, show) {
    return `MessagePort ${show({ active: !this.#closed, refed: this.hasRef() }, options)}`;
  }
}
handlerAttribute(MessagePort.prototype, "message", (port) => port.start());
handlerAttribute(MessagePort.prototype, "messageerror");

export const receiveMessageOnPort = MessagePort.receive;
delete MessagePort.receive;
const make = MessagePort[kMake];
delete MessagePort[kMake];

export class MessageChannel {
  constructor() {
    [this.port1, this.port2] = make();
  }
}

const channels = new Map();

export class BroadcastChannel extends EventTarget {
  #name;
  #closed = false;
  constructor(name) {
    super();
    if (arguments.length === 0) throw Object.assign(new TypeError('The "name" argument must be specified'), { code: "ERR_MISSING_ARGS" });
    this.#name = `${name}`;
    if (!channels.has(this.#name)) channels.set(this.#name, new Set());
    channels.get(this.#name).add(this);
  }
  get name() {
    return this.#name;
  }
  postMessage(value) {
    if (this.#closed) throw new DOMException("BroadcastChannel is closed.", "InvalidStateError");
    for (const other of channels.get(this.#name)) {
      if (other === this) continue;
      const data = structuredClone(value);
      setImmediate(() => other.#closed || other.dispatchEvent(new MessageEvent("message", { data })));
    }
  }
  close() {
    this.#closed = true;
    channels.get(this.#name)?.delete(this);
  }
  ref() {
    return this;
  }
  unref() {
    return this;
  }
  [inspect](depth, options, show) {
    return `BroadcastChannel ${show({ name: this.#name, active: !this.#closed }, options)}`;
  }
}
handlerAttribute(BroadcastChannel.prototype, "message");
handlerAttribute(BroadcastChannel.prototype, "messageerror");
for (const Class of [MessageEvent, MessagePort, MessageChannel, BroadcastChannel]) {
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
}
