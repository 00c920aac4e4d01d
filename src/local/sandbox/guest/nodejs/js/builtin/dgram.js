// `node:dgram`: sockets can be made and closed, but nothing goes in or out.

import { EventEmitter } from "node:events";
import { nextTick } from "node:process";
import { throwing, throwingAll, unavailable } from "hoist:unavailable";

const { apply } = Reflect;
const WHY = "it reaches HTTP and HTTPS servers only";

function Socket(type, listener) {
  if (!(this instanceof Socket)) return new Socket(type, listener);
  apply(EventEmitter, this, []);
  this.type = typeof type === "object" ? type.type : type;
  const receive = typeof listener === "function" ? listener : undefined;
  if (receive) this.on("message", receive);
}
Object.setPrototypeOf(Socket.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Socket, EventEmitter);
Object.assign(Socket.prototype, {
  /** Who sends a datagram without a callback does not ask whether it arrives. */
  send(...args) {
    const error = unavailable("dgram", "Socket.send", WHY);
    const callback = args.findLast((one) => typeof one === "function");
    if (callback === undefined) throw error;
    nextTick(() => callback(error));
  },
  close(callback) {
    if (callback) this.once("close", callback);
    nextTick(() => this.emit("close"));
    return this;
  },
  ref() {
    return this;
  },
  unref() {
    return this;
  },
  ...throwingAll("dgram", "bind connect address addMembership setBroadcast setTTL setMulticastTTL", WHY),
});

export default {
  createSocket: (type, listener) => new Socket(type, listener),
  Socket,
  _createSocketHandle: throwing("dgram", "_createSocketHandle", WHY),
};
