// What `node:http`'s parts have in common: names, checks of headers, symbols.

import { urlToHttpOptions } from "node:url";
import {
  ERR_HTTP_INVALID_HEADER_VALUE,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_HTTP_TOKEN,
} from "__wasm_rquickjs_builtin/internal/errors";

export const METHODS = ("ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR " +
  "MKCOL MOVE NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE " +
  "UNBIND UNLINK UNLOCK UNSUBSCRIBE").split(" ");

export const STATUS_CODES = {
  100: "Continue", 101: "Switching Protocols", 102: "Processing", 103: "Early Hints", 200: "OK", 201: "Created",
  202: "Accepted", 203: "Non-Authoritative Information", 204: "No Content", 205: "Reset Content", 206: "Partial Content",
  207: "Multi-Status", 208: "Already Reported", 226: "IM Used", 300: "Multiple Choices", 301: "Moved Permanently",
  302: "Found", 303: "See Other", 304: "Not Modified", 305: "Use Proxy", 307: "Temporary Redirect",
  308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden",
  404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable", 407: "Proxy Authentication Required",
  408: "Request Timeout", 409: "Conflict", 410: "Gone", 411: "Length Required", 412: "Precondition Failed",
  413: "Payload Too Large", 414: "URI Too Long", 415: "Unsupported Media Type", 416: "Range Not Satisfiable",
  417: "Expectation Failed", 418: "I'm a Teapot", 421: "Misdirected Request", 422: "Unprocessable Entity", 423: "Locked",
  424: "Failed Dependency", 425: "Too Early", 426: "Upgrade Required", 428: "Precondition Required",
  429: "Too Many Requests", 431: "Request Header Fields Too Large", 451: "Unavailable For Legal Reasons",
  500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
  504: "Gateway Timeout", 505: "HTTP Version Not Supported", 506: "Variant Also Negotiates", 507: "Insufficient Storage",
  508: "Loop Detected", 509: "Bandwidth Limit Exceeded", 510: "Not Extended", 511: "Network Authentication Required",
};

export const maxHeaderSize = 16384;

/** The headers of an outgoing message: by lower-case name, [name, value]. */
export const kHeaders = Symbol("kOutHeaders");
export const kNeedDrain = Symbol("kNeedDrain");

const TOKEN = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
const FORBIDDEN = /[^\t\x20-\x7e\x80-\xff]/;

export const isToken = (value) => TOKEN.test(value);
export const hasInvalidChar = (value) => FORBIDDEN.test(value);

/** The vendored class of this error tells the field of those that have none. */
export function invalidChar(what, field) {
  const error = new TypeError(`Invalid character in ${what}${field === undefined ? "" : ` ["${field}"]`}`);
  error.code = "ERR_INVALID_CHAR";
  return error;
}

/** What a request needs to know of a URL; the vendored function leaves the user's name encoded. */
export function urlOptions(url) {
  if (url === null || typeof url !== "object") throw new ERR_INVALID_ARG_TYPE("url", "URL", url);
  const options = urlToHttpOptions(url);
  if (options.auth !== undefined) options.auth = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return options;
}

export function validateHeaderName(name, label) {
  if (typeof name !== "string" || name === "" || !isToken(name)) {
    throw new ERR_INVALID_HTTP_TOKEN(label || "Header name", name);
  }
}

export function validateHeaderValue(name, value) {
  if (value === undefined) throw new ERR_HTTP_INVALID_HEADER_VALUE(value, name);
  if (hasInvalidChar(value)) throw invalidChar("header content", name);
}

/** What Node throws when the other side goes away. */
export function hangUp(message) {
  return Object.assign(new Error(message), { code: "ECONNRESET" });
}

let date;
let second;

/** The time for the `Date` header. */
export function utcDate() {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) {
    second = now;
    date = new Date(now * 1000).toUTCString();
  }
  return date;
}

export default {
  methods: METHODS,
  _checkIsHttpToken: isToken,
  _checkInvalidHeaderChar: hasInvalidChar,
  chunkExpression: /(?:^|\W)chunked(?:$|\W)/i,
  continueExpression: /(?:^|\W)100-continue(?:$|\W)/i,
  CRLF: "\r\n",
};
