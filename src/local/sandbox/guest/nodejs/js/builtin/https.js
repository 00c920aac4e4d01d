// `node:https`.

import http from "node:http";
import { Agent as HttpAgent } from "node:_http_agent";
import { ClientRequest } from "node:_http_client";
import { urlOptions } from "node:_http_common";
import { URL } from "node:url";

const { apply } = Reflect;

export function Agent(options) {
  if (!(this instanceof Agent)) return new Agent(options);
  apply(HttpAgent, this, [options]);
  this.defaultPort = 443;
  this.protocol = "https:";
  this.maxCachedSessions = this.options.maxCachedSessions ?? 100;
}
Object.setPrototypeOf(Agent.prototype, HttpAgent.prototype);
Object.setPrototypeOf(Agent, HttpAgent);

/** What tells connections with one TLS from those with another, in Node's order. */
const PARTS = [
  "ca", "cert", "clientCertEngine", "ciphers", "key", "pfx", "rejectUnauthorized", "servername", "minVersion",
  "maxVersion", "secureProtocol", "crl", "honorCipherOrder", "ecdhCurve", "dhparam", "secureOptions", "sessionIdContext",
  "sigalgs", "privateKeyIdentifier", "privateKeyEngine",
];
Object.defineProperty(Agent.prototype, "getName", {
  value: function getName(options = {}) {
    const parts = PARTS.map((name) => {
      if (name === "servername" && options.servername === options.host) return "";
      return options[name] === undefined ? "" : `${options[name]}`;
    });
    return `${apply(HttpAgent.prototype.getName, this, [options])}:${parts.join(":")}`;
  },
  writable: true, configurable: true, enumerable: true,
});

export const globalAgent = new Agent({ keepAlive: true, scheduling: "lifo", timeout: 5000 });

export function request(...args) {
  let options = {};
  if (typeof args[0] === "string") options = urlOptions(new URL(args.shift()));
  else if (args[0] instanceof URL) options = urlOptions(args.shift());
  if (args[0] && typeof args[0] !== "function") Object.assign(options, args.shift());
  options._defaultAgent = https.globalAgent;
  return new ClientRequest(options, args[0]);
}

export function get(input, options, callback) {
  const made = request(input, options, callback);
  made.end();
  return made;
}

/** Made as for `node:http`: nothing can connect to a function. */
export function Server(options, listener) {
  if (!(this instanceof Server)) return new Server(options, listener);
  apply(http.Server, this, [options, listener]);
}
Object.setPrototypeOf(Server.prototype, http.Server.prototype);
Object.setPrototypeOf(Server, http.Server);
export const createServer = (options, listener) => new Server(options, listener);

const https = { Agent, globalAgent, Server, createServer, get, request };
export default https;
