// `node:http`.

import { Agent, globalAgent } from "node:_http_agent";
import { ClientRequest } from "node:_http_client";
import { IncomingMessage } from "node:_http_incoming";
import { OutgoingMessage } from "node:_http_outgoing";
import { Server, ServerResponse, createServer } from "node:_http_server";
import { METHODS, STATUS_CODES, maxHeaderSize, validateHeaderName, validateHeaderValue } from "node:_http_common";

export function request(url, options, callback) {
  return new ClientRequest(url, options, callback);
}

export function get(url, options, callback) {
  const made = request(url, options, callback);
  made.end();
  return made;
}

export const setMaxIdleHTTPParsers = () => {};
export const _connectionListener = () => {};

const http = {
  _connectionListener, METHODS, STATUS_CODES, Agent, ClientRequest, IncomingMessage, OutgoingMessage, Server,
  ServerResponse, createServer, validateHeaderName, validateHeaderValue, get, request, setMaxIdleHTTPParsers,
};
let agent = globalAgent;
Object.defineProperty(http, "maxHeaderSize", { get: () => maxHeaderSize, enumerable: true, configurable: true });
Object.defineProperty(http, "globalAgent", {
  get: () => agent,
  set(value) { agent = value; },
  enumerable: true,
  configurable: true,
});

export default http;
export {
  Agent, ClientRequest, IncomingMessage, METHODS, OutgoingMessage, STATUS_CODES, Server, ServerResponse, createServer,
  globalAgent, maxHeaderSize, validateHeaderName, validateHeaderValue,
};
