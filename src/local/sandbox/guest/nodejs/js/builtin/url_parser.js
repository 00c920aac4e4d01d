// The basic URL parser: https://url.spec.whatwg.org/#concept-basic-url-parser, state for state.

import { parseHost } from "hoist:url-host";

/** Schemes with an authority that the standard knows, with their default ports. */
export const SPECIAL = { "http:": 80, "https:": 443, "ws:": 80, "wss:": 443, "ftp:": 21, "file:": null };

const set = (characters) => new Set([...characters].map((character) => character.charCodeAt(0)));
const FRAGMENT = set(' "<>`');
const QUERY = set(' "#<>');
const SPECIAL_QUERY = set(" \"#<>'");
const PATH = set(' "#<>?^`{}');
const USERINFO = set(' "#<>?^`{}/:;=@[\\]|');

export const isSpecial = (url) => Object.hasOwn(SPECIAL, url.scheme);

/** Percent-encodes what lies in `encodeSet`, controls, and everything beyond ASCII. */
export function encode(text, encodeSet) {
  let out = "";
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f || (code < 0x80 && encodeSet.has(code))) {
      out += `%${code < 16 ? "0" : ""}${code.toString(16).toUpperCase()}`;
    } else if (code < 0x80) {
      out += text[at];
    } else {
      const character = String.fromCodePoint(text.codePointAt(at));
      out += encodeURIComponent(character);
      at += character.length - 1;
    }
  }
  return out;
}

export const encodeUserinfo = (text) => encode(text, USERINFO);

const isSingleDot = (segment) => /^(\.|%2e)$/i.test(segment);
const isDoubleDot = (segment) => /^(\.|%2e){2}$/i.test(segment);
const startsWithDrive = (text) => /^[a-zA-Z][:|](?:$|[/\\?#])/.test(text);
const isDrive = (text) => /^[a-zA-Z][:|]$/.test(text);

function shorten(url) {
  if (url.scheme === "file:" && url.path.length === 1 && /^[a-zA-Z]:$/.test(url.path[0])) return;
  url.path.pop();
}

/** A URL record without anything in it. */
export function emptyRecord() {
  return { scheme: "", username: "", password: "", host: null, port: null, path: [], query: null, fragment: null };
}

/** Everything of the record but the fragment, copied. */
function copyOf(base) {
  const path = Array.isArray(base.path) ? [...base.path] : base.path;
  return { ...base, path, fragment: null };
}

/**
 * The record of `input`, relative to the record `base` if there is one; undefined when it is no URL.
 */
export function parse(input, base) {
  // eslint-disable-next-line no-control-regex
  let text = input.toWellFormed().replace(/^[\0-\x20]+|[\0-\x20]+$/g, "").replace(/[\t\n\r]/g, "");
  let fragment = null;
  const mark = text.indexOf("#");
  if (mark !== -1) {
    fragment = encode(text.slice(mark + 1), FRAGMENT);
    text = text.slice(0, mark);
  }
  const url = parseBody(text, base, fragment !== null);
  if (url !== undefined && fragment !== null) url.fragment = fragment;
  return url;
}

function parseBody(text, base, hasFragment) {
  const scheme = /^([a-zA-Z][a-zA-Z0-9+\-.]*):/.exec(text);
  if (!scheme) return parseRelative(text, base, hasFragment);
  const url = emptyRecord();
  url.scheme = `${scheme[1].toLowerCase()}:`;
  const rest = text.slice(scheme[0].length);
  if (url.scheme === "file:") return parseFile(url, rest, base?.scheme === "file:" ? base : undefined);
  if (isSpecial(url)) {
    if (base?.scheme === url.scheme && !/^[/\\]{2}/.test(rest) && !rest.startsWith("//")) {
      return parseRelative(rest, base, hasFragment);
    }
    return parseAuthority(url, rest.replace(/^[/\\]+/, ""));
  }
  if (rest.startsWith("//")) return parseAuthority(url, rest.slice(2));
  if (rest.startsWith("/")) return parsePathAndQuery(url, rest);
  return parseOpaque(url, rest, hasFragment);
}

function parseOpaque(url, rest, hasFragment) {
  const mark = rest.indexOf("?");
  let path = mark === -1 ? rest : rest.slice(0, mark);
  // Trailing spaces would be lost with what follows them.
  if (mark !== -1 || hasFragment) path = path.replace(/ $/, "%20");
  url.path = encode(path, new Set());
  if (mark !== -1) url.query = encode(rest.slice(mark + 1), QUERY);
  return url;
}

function parseRelative(text, base, hasFragment) {
  if (base === undefined) return undefined;
  if (typeof base.path === "string") {
    return text === "" && hasFragment ? copyOf(base) : undefined;
  }
  if (base.scheme === "file:") return parseFile(Object.assign(emptyRecord(), { scheme: "file:" }), text, base);
  const special = isSpecial(base);
  const slash = special ? /^[/\\]/ : /^\//;
  if (slash.test(text)) {
    const url = emptyRecord();
    url.scheme = base.scheme;
    if (slash.test(text.slice(1))) {
      return parseAuthority(url, special ? text.replace(/^[/\\]+/, "") : text.slice(2));
    }
    const { username, password, host, port } = base;
    return parsePathAndQuery(Object.assign(url, { username, password, host, port }), text);
  }
  const url = copyOf(base);
  if (text.startsWith("?")) {
    url.query = encode(text.slice(1), special ? SPECIAL_QUERY : QUERY);
  } else if (text !== "") {
    url.query = null;
    shorten(url);
    return parsePathAndQuery(url, text);
  }
  return url;
}

function parseFile(url, text, base) {
  url.host = "";
  if (/^[/\\]/.test(text)) {
    if (/^[/\\]/.test(text.slice(1))) return parseFileHost(url, text.slice(2));
    if (base !== undefined) {
      url.host = base.host;
      if (!startsWithDrive(text.slice(1)) && /^[a-zA-Z]:$/.test(base.path[0] ?? "")) url.path.push(base.path[0]);
    }
    return parsePathAndQuery(url, text);
  }
  if (base !== undefined) {
    const copy = copyOf(base);
    if (text === "") return copy;
    if (text.startsWith("?")) return Object.assign(copy, { query: encode(text.slice(1), SPECIAL_QUERY) });
    copy.query = null;
    if (startsWithDrive(text)) copy.path = [];
    else shorten(copy);
    return parsePathAndQuery(copy, text);
  }
  return parsePathAndQuery(url, text);
}

function parseFileHost(url, text) {
  const end = text.search(/[/\\?]/);
  const buffer = end === -1 ? text : text.slice(0, end);
  if (isDrive(buffer)) return parsePathAndQuery(url, text);
  if (buffer !== "") {
    const host = parseHost(buffer, true);
    if (host === undefined) return undefined;
    url.host = host === "localhost" ? "" : host;
  }
  return parsePathAndQuery(url, end === -1 ? "" : text.slice(end));
}

function parseAuthority(url, text) {
  const special = isSpecial(url);
  const end = text.search(special ? /[/\\?]/ : /[/?]/);
  let authority = end === -1 ? text : text.slice(0, end);
  const at = authority.lastIndexOf("@");
  if (at !== -1) {
    const credentials = authority.slice(0, at);
    const colon = credentials.indexOf(":");
    url.username = encodeUserinfo(colon === -1 ? credentials : credentials.slice(0, colon));
    url.password = colon === -1 ? "" : encodeUserinfo(credentials.slice(colon + 1));
    authority = authority.slice(at + 1);
    if (authority === "") return undefined;
  }
  if (!parseHostAndPort(url, authority, special)) return undefined;
  return parsePathAndQuery(url, end === -1 ? "" : text.slice(end));
}

function parseHostAndPort(url, authority, special) {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(authority);
  if (!match) return false;
  const [, name, port] = match;
  if (name === "") {
    if (special || port !== undefined) return false;
    url.host = "";
    return true;
  }
  const host = parseHost(name, special);
  if (host === undefined) return false;
  url.host = host;
  return port === undefined || setPort(url, port);
}

/** Sets the port from digits; false when they are none. */
export function setPort(url, digits) {
  if (digits === "") return true;
  if (!/^[0-9]+$/.test(digits) || Number(digits) > 65535) return false;
  url.port = SPECIAL[url.scheme] === Number(digits) ? null : Number(digits);
  return true;
}

/** Appends the segments of `text` to the path, and reads the query after them. */
export function parsePathAndQuery(url, text) {
  const special = isSpecial(url);
  const mark = text.indexOf("?");
  if (mark !== -1) {
    url.query = encode(text.slice(mark + 1), special ? SPECIAL_QUERY : QUERY);
    text = text.slice(0, mark);
  }
  parsePath(url, text);
  return url;
}

/** Appends the segments of `text` to the path. */
export function parsePath(url, text) {
  const special = isSpecial(url);
  if (text === "" && !special) return;
  const leading = special ? /^[/\\]/ : /^\//;
  const segments = text.replace(leading, "").split(special ? /[/\\]/ : "/");
  segments.forEach((raw, index) => {
    const last = index === segments.length - 1;
    if (isDoubleDot(raw)) {
      shorten(url);
      if (last) url.path.push("");
    } else if (isSingleDot(raw)) {
      if (last) url.path.push("");
    } else {
      let segment = encode(raw, PATH);
      if (url.scheme === "file:" && url.path.length === 0 && isDrive(segment)) segment = `${segment[0]}:`;
      url.path.push(segment);
    }
  });
}

/** The path as text. */
export function serializePath(url) {
  return typeof url.path === "string" ? url.path : url.path.map((segment) => `/${segment}`).join("");
}

/** The whole URL as text. */
export function serialize(url) {
  let out = url.scheme;
  if (url.host !== null) {
    out += "//";
    if (url.username !== "" || url.password !== "") {
      out += url.username + (url.password === "" ? "" : `:${url.password}`) + "@";
    }
    out += url.host + (url.port === null ? "" : `:${url.port}`);
  } else if (Array.isArray(url.path) && url.path.length > 1 && url.path[0] === "") {
    out += "/.";
  }
  out += serializePath(url);
  if (url.query !== null) out += `?${url.query}`;
  if (url.fragment !== null) out += `#${url.fragment}`;
  return out;
}

/** What the setters need of the encode sets. */
export const encodeQuery = (url, text) => encode(text, isSpecial(url) ? SPECIAL_QUERY : QUERY);
export const encodeFragment = (text) => encode(text, FRAGMENT);
export { parseHost };
