// The sockets that requests show: the connection itself is the host's.

import { Socket } from "node:net";
import { setImmediate } from "node:timers";

const LOCAL = ["localAddress", "localPort"];
const REMOTE = ["remoteAddress", "remotePort", "remoteFamily"];

export class HttpSocket extends Socket {
  /** The request that is on it. */
  _httpMessage = null;
  /** What it sends over. */
  exchange = null;
  parser = null;

  constructor(options, encrypted) {
    super({});
    this._readableState.emitClose = false;
    this._writableState.emitClose = false;
    this.connecting = true;
    this._host = options.host;
    if (encrypted) {
      this.encrypted = true;
      this.authorized = false;
      this._rejectsUnauthorized = options.rejectUnauthorized !== false;
      this.authorizationError = null;
      this.servername = options.servername || options.host;
      this.alpnProtocol = false;
    }
    if (options.timeout) this.setTimeout(options.timeout);
  }

  /** The host has a connection for it. */
  connected(peer) {
    for (const name of [...LOCAL, ...REMOTE]) this[name] = peer[name];
    this.localFamily = peer.remoteFamily;
    this._refreshTimeout();
    if (!this.connecting) return;
    this.connecting = false;
    this.emit("connect");
    this.emit("ready");
    if (this.encrypted) {
      // Whether it would have been rejected is not known of a connection that takes any certificate.
      this.authorized = this._rejectsUnauthorized;
      this.emit("secureConnect");
    }
  }

  get writableLength() {
    return this.exchange?.pending ?? 0;
  }

  _destroy(error, callback) {
    this.exchange?.close();
    this.exchange = null;
    super._destroy(error, callback);
    // As with a socket of the system: it is closed some time after it was said so.
    setImmediate(() => this.emit("close", error !== null && error !== undefined));
  }

  // What TLS sockets have.
  getPeerCertificate() {
    return this.encrypted ? {} : undefined;
  }
  getCipher() {
    return this.encrypted ? { name: "TLS_AES_256_GCM_SHA384", standardName: "TLS_AES_256_GCM_SHA384", version: "TLSv1.3" } : undefined;
  }
  getProtocol() {
    return this.encrypted ? "TLSv1.3" : null;
  }
  getSession() {
    return undefined;
  }
  isSessionReused() {
    return false;
  }
}
