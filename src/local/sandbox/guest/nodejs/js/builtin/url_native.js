// The class URL that the vendored `node:url` builds on.

import {
  domainToASCII as domainASCII,
  domainToUnicode as domainUnicode,
} from "hoist:url-host";
import {
  SPECIAL,
  encodeFragment,
  encodeQuery,
  encodeUserinfo,
  isSpecial,
  parse,
  parseHost,
  parsePath,
  serialize,
  serializePath,
  setPort,
} from "hoist:url-parser";

/** Blobs by their URL; `resolveObjectURL` of the vendored Buffer looks there. */
const blobs = Object.create(null);
Object.defineProperty(globalThis, "__blobURLRegistry", { value: blobs });

function invalid(input, base) {
  const error = new TypeError("Invalid URL");
  error.code = "ERR_INVALID_URL";
  error.input = input;
  if (base !== undefined) error.base = base;
  return error;
}

function read(input, base) {
  let baseRecord;
  if (base !== undefined) {
    baseRecord = parse(`${base}`);
    if (baseRecord === undefined) return undefined;
  }
  return parse(`${input}`, baseRecord);
}

/** Whether the record may have credentials and a port. */
const hasAuthority = (record) => record.host !== null && record.host !== "" && record.scheme !== "file:";

export class URL {
  #record;

  constructor(input, base) {
    if (arguments.length === 0) {
      const error = new TypeError('The "url" argument must be specified');
      error.code = "ERR_MISSING_ARGS";
      throw error;
    }
    const record = read(input, base);
    if (record === undefined) throw invalid(`${input}`, base === undefined ? undefined : `${base}`);
    this.#record = record;
  }

  static canParse(input, base) {
    return read(input, base) !== undefined;
  }

  static parse(input, base) {
    return URL.canParse(input, base) ? new URL(input, base) : null;
  }

  static createObjectURL(blob) {
    const url = `blob:nodedata:${globalThis.crypto.randomUUID()}`;
    blobs[url] = blob;
    return url;
  }

  static revokeObjectURL(url) {
    delete blobs[`${url}`];
  }

  get href() {
    return serialize(this.#record);
  }
  set href(value) {
    const record = parse(`${value}`);
    if (record === undefined) throw invalid(`${value}`);
    this.#record = record;
  }

  get origin() {
    const { scheme, host, port } = this.#record;
    if (scheme === "blob:") {
      const inner = parse(serializePath(this.#record));
      return inner !== undefined && /^https?:$/.test(inner.scheme)
        ? `${inner.scheme}//${inner.host}${inner.port === null ? "" : `:${inner.port}`}`
        : "null";
    }
    if (!isSpecial(this.#record) || scheme === "file:") return "null";
    return `${scheme}//${host}${port === null ? "" : `:${port}`}`;
  }

  get protocol() {
    return this.#record.scheme;
  }
  set protocol(value) {
    const match = /^([a-zA-Z][a-zA-Z0-9+\-.]*)(?::|$)/.exec(`${value}`);
    if (!match) return;
    const record = this.#record;
    const scheme = `${match[1].toLowerCase()}:`;
    if (Object.hasOwn(SPECIAL, scheme) !== isSpecial(record)) return;
    const withAuthority = record.username !== "" || record.password !== "" || record.port !== null;
    if (scheme === "file:" && withAuthority) return;
    if (record.scheme === "file:" && record.host === "") return;
    record.scheme = scheme;
    if (record.port === SPECIAL[scheme]) record.port = null;
  }

  get username() {
    return this.#record.username;
  }
  set username(value) {
    if (hasAuthority(this.#record)) this.#record.username = encodeUserinfo(`${value}`.toWellFormed());
  }

  get password() {
    return this.#record.password;
  }
  set password(value) {
    if (hasAuthority(this.#record)) this.#record.password = encodeUserinfo(`${value}`.toWellFormed());
  }

  get host() {
    const { host, port } = this.#record;
    return host === null ? "" : `${host}${port === null ? "" : `:${port}`}`;
  }
  set host(value) {
    this.#setHost(`${value}`, true);
  }

  get hostname() {
    return this.#record.host ?? "";
  }
  set hostname(value) {
    this.#setHost(`${value}`, false);
  }

  #setHost(value, withPort) {
    const record = this.#record;
    if (typeof record.path === "string") return;
    const special = isSpecial(record);
    const text = value.replace(/[\t\n\r]/g, "").split(special ? /[/\\?#]/ : /[/?#]/)[0];
    const match = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(text);
    if (!match || (match[1] === "" && special && record.scheme !== "file:")) return;
    if (match[2] !== undefined && !withPort) return;
    const host = match[1] === "" ? "" : parseHost(match[1], special);
    if (host === undefined) return;
    if (host === "" && (record.username !== "" || record.password !== "" || record.port !== null)) return;
    record.host = record.scheme === "file:" && host === "localhost" ? "" : host;
    const digits = /^[0-9]+/.exec(match[2] ?? "");
    if (digits) setPort(record, digits[0]);
  }

  get port() {
    const { port } = this.#record;
    return port === null ? "" : `${port}`;
  }
  set port(value) {
    const record = this.#record;
    if (!hasAuthority(record)) return;
    const text = `${value}`;
    if (text === "") {
      record.port = null;
      return;
    }
    const digits = /^[0-9]+/.exec(text);
    if (digits) setPort(record, digits[0]);
  }

  get pathname() {
    return serializePath(this.#record);
  }
  set pathname(value) {
    const record = this.#record;
    if (typeof record.path === "string") return;
    record.path = [];
    const text = `${value}`.toWellFormed().replace(/[\t\n\r]/g, "");
    // `?` and `#` are part of the path here.
    parsePath(record, text.replace(/\?/g, "%3F").replace(/#/g, "%23"));
  }

  get search() {
    const { query } = this.#record;
    return query === null || query === "" ? "" : `?${query}`;
  }
  set search(value) {
    const text = `${value}`.toWellFormed().replace(/[\t\n\r]/g, "");
    this.#record.query = text === "" ? null : encodeQuery(this.#record, text.replace(/^\?/, ""));
  }

  get hash() {
    const { fragment } = this.#record;
    return fragment === null || fragment === "" ? "" : `#${fragment}`;
  }
  set hash(value) {
    const text = `${value}`.toWellFormed().replace(/[\t\n\r]/g, "");
    this.#record.fragment = text === "" ? null : encodeFragment(text.replace(/^#/, ""));
  }

  toString() {
    return serialize(this.#record);
  }

  toJSON() {
    return serialize(this.#record);
  }
}

function domainOf(domain) {
  const text = `${domain}`.replace(/[\t\n\r]/g, "").split(/[/?#\\]/)[0];
  return text === "" || text.includes("@") ? undefined : parseHost(text, true);
}

/** `url.domainToASCII`: "" for what is no domain. */
export function domainToASCII(domain) {
  return domainOf(domain) ?? "";
}

/** `url.domainToUnicode`: "" for what is no domain. */
export function domainToUnicode(domain) {
  const ascii = domainOf(domain);
  return ascii === undefined ? "" : domainUnicode(ascii);
}

/** The host of a URL in the old `url.parse`, which allows more. */
export function domainToASCIILegacy(domain) {
  return domainASCII(`${domain}`) ?? "";
}

