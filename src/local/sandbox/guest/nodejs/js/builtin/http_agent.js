// `Agent`: how many requests are under way to each host, and which sockets wait. The connections themselves are kept
// by the host; a socket here stands for one.

import { EventEmitter } from "node:events";
import { nextTick } from "node:process";
import { HttpSocket } from "hoist:http-socket";
import { unavailable } from "hoist:unavailable";
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } from "__wasm_rquickjs_builtin/internal/errors";

const { apply } = Reflect;

export function Agent(options) {
  if (!(this instanceof Agent)) return new Agent(options);
  apply(EventEmitter, this, []);
  this.defaultPort = 80;
  this.protocol = "http:";
  this.options = { __proto__: null, ...options };
  if (this.options.noDelay === undefined) this.options.noDelay = true;
  this.options.path = null;
  this.requests = Object.create(null);
  this.sockets = Object.create(null);
  this.freeSockets = Object.create(null);
  this.keepAliveMsecs = this.options.keepAliveMsecs || 1000;
  this.keepAlive = this.options.keepAlive || false;
  this.maxSockets = this.options.maxSockets || Infinity;
  this.maxFreeSockets = this.options.maxFreeSockets || 256;
  this.scheduling = this.options.scheduling || "lifo";
  this.maxTotalSockets = this.options.maxTotalSockets ?? Infinity;
  this.totalSocketCount = 0;
  if (!["fifo", "lifo"].includes(this.scheduling)) {
    throw new ERR_INVALID_ARG_VALUE("scheduling", this.scheduling, "must be one of: 'fifo', 'lifo'");
  }
  if (typeof this.maxTotalSockets !== "number") {
    throw new ERR_INVALID_ARG_TYPE("maxTotalSockets", "number", this.maxTotalSockets);
  }
  if (!(this.maxTotalSockets > 0)) throw new ERR_OUT_OF_RANGE("maxTotalSockets", ">= 1", this.maxTotalSockets);
  this.on("free", (socket, given) => this._onFree(socket, given));
}
Object.setPrototypeOf(Agent.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Agent, EventEmitter);

const take = (table, name, socket) => {
  const list = table[name];
  const at = list?.indexOf(socket) ?? -1;
  if (at === -1) return false;
  list.splice(at, 1);
  if (list.length === 0) delete table[name];
  return true;
};

const methods = {
  createConnection(options, callback) {
    return new HttpSocket(options, this.protocol === "https:" || options.protocol === "https:");
  },

  getName(options = {}) {
    let name = `${options.host || "localhost"}:${options.port || ""}:${options.localAddress || ""}`;
    if (options.family === 4 || options.family === 6) name += `:${options.family}`;
    if (options.socketPath) name += `:${options.socketPath}`;
    return name;
  },

  addRequest(request, options, port, localAddress) {
    if (typeof options === "string") options = { __proto__: null, host: options, port, localAddress };
    options = { __proto__: null, ...options, ...this.options };
    if (options.socketPath) options.path = options.socketPath;
    const name = this.getName(options);
    const free = this.freeSockets[name];
    while (free?.length > 0) {
      const socket = this.scheduling === "fifo" ? free.shift() : free.pop();
      if (free.length === 0) delete this.freeSockets[name];
      if (socket.destroyed) continue;
      this.reuseSocket(socket, request);
      (this.sockets[name] ??= []).push(socket);
      setRequestSocket(this, request, socket);
      return;
    }
    if ((this.sockets[name]?.length ?? 0) < this.maxSockets && this.totalSocketCount < this.maxTotalSockets) {
      this._connect(request, options);
    } else {
      request._agentOptions = options;
      (this.requests[name] ??= []).push(request);
    }
  },

  _connect(request, options) {
    this.createSocket(request, options, (error, socket) => {
      if (error) request.onSocket(socket, error);
      else setRequestSocket(this, request, socket);
    });
  },

  createSocket(request, options, callback) {
    options = { __proto__: null, ...options, ...this.options };
    if (options.socketPath) options.path = options.socketPath;
    const name = this.getName(options);
    options._agentKey = name;
    options.encoding = null;
    const created = (error, socket) => {
      if (error) return callback(error);
      if (!(socket instanceof HttpSocket)) {
        return callback(unavailable("http", "Agent.createConnection", "it makes the connections of requests itself"));
      }
      (this.sockets[name] ??= []).push(socket);
      this.totalSocketCount++;
      watch(this, socket, options);
      callback(null, socket);
    };
    let socket;
    try {
      socket = this.createConnection(options, created);
    } catch (error) {
      nextTick(() => created(error));
      return;
    }
    if (socket) created(null, socket);
  },

  removeSocket(socket, options) {
    const name = options._agentKey ?? this.getName(options);
    const known = [take(this.sockets, name, socket), take(this.freeSockets, name, socket)].some(Boolean);
    if (known) this.totalSocketCount--;
    this._next(name);
  },

  /** Gives the next request that waits for `name` a socket. */
  _next(name) {
    const waiting = this.requests[name];
    if (!waiting) return;
    if ((this.sockets[name]?.length ?? 0) >= this.maxSockets || this.totalSocketCount >= this.maxTotalSockets) return;
    const request = waiting.shift();
    if (waiting.length === 0) delete this.requests[name];
    this._connect(request, request._agentOptions);
  },

  _onFree(socket, options) {
    const name = options._agentKey ?? this.getName(options);
    const waiting = this.requests[name];
    if (socket.writable && waiting?.length > 0) {
      const request = waiting.shift();
      if (waiting.length === 0) delete this.requests[name];
      setRequestSocket(this, request, socket);
      return;
    }
    const request = socket._httpMessage;
    const count = (this.freeSockets[name]?.length ?? 0) + (this.sockets[name]?.length ?? 0);
    const keeps = request?.shouldKeepAlive && this.keepAlive && socket.writable && count <= this.maxSockets &&
      (this.freeSockets[name]?.length ?? 0) < this.maxFreeSockets && this.keepSocketAlive(socket);
    if (!keeps) {
      socket.destroy();
      return;
    }
    socket._httpMessage = null;
    take(this.sockets, name, socket);
    (this.freeSockets[name] ??= []).push(socket);
  },

  keepSocketAlive(socket) {
    socket.setKeepAlive(true, this.keepAliveMsecs);
    const timeout = this.options.timeout || 0;
    if (socket.timeout !== timeout) socket.setTimeout(timeout);
    return true;
  },

  reuseSocket(socket, request) {
    request.reusedSocket = true;
  },

  destroy() {
    for (const table of [this.freeSockets, this.sockets]) {
      for (const list of Object.values(table)) for (const socket of [...list]) socket.destroy();
    }
  },
};
for (const name of Object.keys(methods)) {
  Object.defineProperty(Agent.prototype, name, { value: methods[name], writable: true, configurable: true, enumerable: true });
}
Agent.defaultMaxSockets = Infinity;

function watch(agent, socket, options) {
  socket.on("free", () => agent.emit("free", socket, options));
  socket.on("close", () => agent.removeSocket(socket, options));
  socket.on("timeout", () => {
    // Only one that waits is closed.
    const free = agent.freeSockets[options._agentKey];
    if (free?.includes(socket)) socket.destroy();
  });
  socket.on("agentRemove", () => agent.removeSocket(socket, options));
}

function setRequestSocket(agent, request, socket) {
  request.onSocket(socket);
  const timeout = agent.options.timeout || 0;
  if (request.timeout === undefined || request.timeout === timeout) return;
  socket.setTimeout(request.timeout);
}

export const globalAgent = new Agent({ keepAlive: true, scheduling: "lifo", timeout: 5000 });

export default { Agent, globalAgent };
