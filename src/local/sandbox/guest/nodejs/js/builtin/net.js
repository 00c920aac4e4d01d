// `node:net`: sockets as classes to extend and addresses to look at; connections cannot be made.

import { Duplex } from "node:stream";
import { EventEmitter } from "node:events";
import { isIP, isIPv4, isIPv6, numberOf } from "hoist:net-address";
import { throwing, unavailable } from "hoist:unavailable";
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } from "__wasm_rquickjs_builtin/internal/errors";

const { apply } = Reflect;
const WHY = "it reaches HTTP and HTTPS servers only";

/** A socket; what `node:http` gives out is one too. */
export function Socket(options) {
  if (!(this instanceof Socket)) return new Socket(options);
  const { signal, fd, handle, onread, ...streams } = options && typeof options === "object" ? options : {};
  apply(Duplex, this, [{ ...streams, allowHalfOpen: !!streams.allowHalfOpen, emitClose: true, autoDestroy: true, decodeStrings: false }]);
  this.connecting = false;
  this._hadError = false;
  this._host = null;
  this._parent = null;
  this._timer = undefined;
  this.server = null;
  this.bytesRead = 0;
  this._bytesDispatched = 0;
}
Object.setPrototypeOf(Socket.prototype, Duplex.prototype);
Object.setPrototypeOf(Socket, Duplex);

const methods = {
  connect() {
    throw unavailable("net", "Socket.connect", WHY);
  },
  setTimeout(ms, callback) {
    if (this.destroyed) return this;
    if (typeof ms !== "number") throw new ERR_INVALID_ARG_TYPE("msecs", "number", ms);
    if (!(ms >= 0) || ms === Infinity) throw new ERR_OUT_OF_RANGE("msecs", "a non-negative finite number", ms);
    clearTimeout(this._timer);
    this._timer = undefined;
    this.timeout = ms;
    if (ms > 0) {
      this._timer = setTimeout(() => this._onTimeout(), ms);
      this._timer.unref();
      if (callback !== undefined) this.once("timeout", callback);
    } else if (callback !== undefined) {
      this.removeListener("timeout", callback);
    }
    return this;
  },
  _onTimeout() {
    this.emit("timeout");
  },
  /** Something was sent or received: the time starts again. */
  _refreshTimeout() {
    this._timer?.refresh();
  },
  setNoDelay() {
    return this;
  },
  setKeepAlive() {
    return this;
  },
  ref() {
    return this;
  },
  unref() {
    return this;
  },
  address() {
    if (this.localAddress === undefined) return {};
    return { address: this.localAddress, family: this.localFamily, port: this.localPort };
  },
  destroySoon() {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", this.destroy);
  },
  resetAndDestroy() {
    return this.destroy();
  },
  _read() {},
  _write(chunk, encoding, callback) {
    callback(unavailable("net", "Socket.write", WHY));
  },
  _destroy(error, callback) {
    clearTimeout(this._timer);
    this._timer = undefined;
    this.connecting = false;
    callback(error);
  },
};
for (const name of Object.keys(methods)) {
  Object.defineProperty(Socket.prototype, name, { value: methods[name], writable: true, configurable: true });
}
Object.defineProperty(Socket.prototype, "pending", {
  get() { return this.connecting || this.localAddress === undefined; },
  configurable: true,
});
Object.defineProperty(Socket.prototype, "readyState", {
  get() {
    if (this.connecting) return "opening";
    if (this.destroyed) return "closed";
    return this.readable && this.writable ? "open" : this.readable ? "readOnly" : "writeOnly";
  },
  configurable: true,
});
Object.defineProperty(Socket.prototype, "bytesWritten", { get() { return this._bytesDispatched; }, configurable: true });
Object.defineProperty(Socket.prototype, "_connecting", { get() { return this.connecting; }, configurable: true });

export function Server(options, listener) {
  if (!(this instanceof Server)) return new Server(options, listener);
  apply(EventEmitter, this, []);
  if (typeof options === "function") this.on("connection", options);
  if (typeof listener === "function") this.on("connection", listener);
  this.listening = false;
}
Object.setPrototypeOf(Server.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Server, EventEmitter);
Object.assign(Server.prototype, {
  listen() {
    throw unavailable("net", "Server.listen", "nothing can connect to a function");
  },
  close(callback) {
    queueMicrotask(() => callback?.(Object.assign(new Error("Server is not running."), { code: "ERR_SERVER_NOT_RUNNING" })));
    return this;
  },
  address: () => null,
  getConnections(callback) {
    queueMicrotask(() => callback(null, 0));
    return this;
  },
  ref() { return this; },
  unref() { return this; },
});

export const createServer = (options, listener) => new Server(options, listener);
export const connect = throwing("net", "connect", WHY);
export const createConnection = throwing("net", "createConnection", WHY);

function familyOf(address, family) {
  if (typeof address !== "string") throw new ERR_INVALID_ARG_TYPE("address", "string", address);
  const found = isIP(address);
  if (found === 0 || `ipv${found}` !== `${family}`.toLowerCase()) {
    throw Object.assign(new Error("Invalid address"), { code: "ERR_INVALID_ADDRESS" });
  }
  return found;
}

/** Addresses that match rules. */
export class BlockList {
  #ranges = [];
  static isBlockList(value) {
    return value instanceof BlockList;
  }
  #add(text, low, high, family) {
    this.#ranges.unshift({ text, low, high, family });
  }
  addAddress(address, family = "ipv4") {
    const version = familyOf(address, family);
    this.#add(`Address: IPv${version} ${address}`, numberOf(address), numberOf(address), version);
  }
  addRange(start, end, family = "ipv4") {
    const version = familyOf(start, family);
    familyOf(end, family);
    if (numberOf(start) > numberOf(end)) {
      throw new ERR_INVALID_ARG_VALUE("start", new SocketAddress({ address: start, family }), "must come before end");
    }
    this.#add(`Range: IPv${version} ${start}-${end}`, numberOf(start), numberOf(end), version);
  }
  addSubnet(network, prefix, family = "ipv4") {
    const version = familyOf(network, family);
    const bits = version === 4 ? 32 : 128;
    if (typeof prefix !== "number") throw new ERR_INVALID_ARG_TYPE("prefix", "number", prefix);
    if (!(prefix >= 0 && prefix <= bits)) throw new ERR_OUT_OF_RANGE("prefix", `>= 0 && <= ${bits}`, prefix);
    const free = BigInt(bits - prefix);
    const low = (numberOf(network) >> free) << free;
    this.#add(`Subnet: IPv${version} ${network}/${prefix}`, low, low | ((1n << free) - 1n), version);
  }
  check(address, family = "ipv4") {
    const found = isIP(address);
    if (found === 0 || `ipv${found}` !== `${family}`.toLowerCase()) return false;
    let number = numberOf(address);
    let version = found;
    if (found === 6 && number >> 32n === 0xffffn) {
      number &= 0xffffffffn;
      version = 4;
    }
    return this.#ranges.some((range) => range.family === version && range.low <= number && number <= range.high);
  }
  get rules() {
    return this.#ranges.map(({ text }) => text);
  }
}

export class SocketAddress {
  #members;
  constructor({ address, port = 0, family = "ipv4", flowlabel = 0 } = {}) {
    address ??= family === "ipv6" ? "::" : "127.0.0.1";
    familyOf(address, family);
    this.#members = { address, port, family: family.toLowerCase(), flowlabel };
  }
  get address() { return this.#members.address; }
  get port() { return this.#members.port; }
  get family() { return this.#members.family; }
  get flowlabel() { return this.#members.flowlabel; }
  toJSON() { return { ...this.#members }; }
  [Symbol.for("nodejs.util.inspect.custom")](depth, options, show) {
    return `SocketAddress ${show(this.toJSON(), options)}`;
  }
}

let autoSelectFamily = true;
let attemptTimeout = 250;
export const getDefaultAutoSelectFamily = () => autoSelectFamily;
export const setDefaultAutoSelectFamily = (value) => { autoSelectFamily = value; };
export const getDefaultAutoSelectFamilyAttemptTimeout = () => attemptTimeout;
export const setDefaultAutoSelectFamilyAttemptTimeout = (value) => { attemptTimeout = value; };

export const Stream = Socket;
export { isIP, isIPv4, isIPv6 };
export default {
  _createServerHandle: throwing("net", "_createServerHandle", WHY),
  _normalizeArgs: (args) => [typeof args[0] === "object" ? args[0] : { port: args[0] }, args.find((one) => typeof one === "function") ?? null],
  get BlockList() { return BlockList; },
  get SocketAddress() { return SocketAddress; },
  connect, createConnection, createServer, isIP, isIPv4, isIPv6, Server, Socket, Stream,
  getDefaultAutoSelectFamily, setDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout, setDefaultAutoSelectFamilyAttemptTimeout,
};
