// `Headers`: https://fetch.spec.whatwg.org/#headers-class, with the messages of Node's.

import { isToken } from "node:_http_common";

const inspect = Symbol.for("nodejs.util.inspect.custom");
const { apply } = Reflect;

/** A value as bytes in a text, as HTTP carries it. */
export function byteString(value) {
  const text = `${value}`;
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 255) {
      throw new TypeError(
        `Cannot convert argument to a ByteString because the character at index ${at} has a value of ${text.charCodeAt(at)} which is greater than 255.`,
      );
    }
  }
  return text;
}

export function needs(args, count, where) {
  if (args.length >= count) return;
  throw new TypeError(`${where}: ${count} argument${count === 1 ? "" : "s"} required, but${args.length ? " only" : ""} ${args.length} found.`);
}

const trimmed = (value) => value.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
// eslint-disable-next-line no-control-regex
const isValue = (value) => !/[\0\r\n]/.test(value);

let guards;

export class Headers {
  /** By lower-case name: { name, value } or, for cookies, { name, values }. */
  #list = new Map();
  #guard = "none";
  #sorted;

  static {
    guards = (headers, guard) => {
      headers.#guard = guard;
      return headers;
    };
  }

  constructor(init = undefined) {
    if (init !== undefined) this.#fill(init, "Headers constructor");
  }

  #fill(init, where) {
    if (init === null || (typeof init !== "object" && typeof init !== "function")) {
      throw new TypeError(`${where}: Argument 1 could not be converted to one of: sequence<sequence<ByteString>>, record<ByteString, ByteString>.`);
    }
    if (init instanceof Headers) {
      for (const [name, entry] of init.#list) this.#list.set(name, { ...entry, values: entry.values && [...entry.values] });
    } else if (typeof init[Symbol.iterator] === "function") {
      for (const pair of init) {
        const entry = [...pair];
        if (entry.length !== 2) throw new TypeError(`${where}: expected name/value pair to be length 2, found ${entry.length}.`);
        this.#append("append", byteString(entry[0]), byteString(entry[1]));
      }
    } else {
      for (const name of Reflect.ownKeys(init)) {
        if (!Object.getOwnPropertyDescriptor(init, name)?.enumerable) continue;
        this.#append("append", byteString(name), byteString(init[name]));
      }
    }
  }

  #check(method, name, value) {
    if (name === "" || !isToken(name)) throw new TypeError(`Headers.${method}: ${JSON.stringify(name)} is an invalid header name.`);
    if (value !== undefined && !isValue(value)) throw new TypeError(`Headers.${method}: "${value}" is an invalid header value.`);
    if (value !== undefined || method === "delete") {
      if (this.#guard === "immutable") throw new TypeError("immutable");
    }
  }

  #append(method, name, given) {
    const value = trimmed(given);
    this.#check(method, name, value);
    const key = name.toLowerCase();
    const entry = this.#list.get(key);
    this.#sorted = undefined;
    if (key === "set-cookie") {
      if (entry) entry.values.push(value);
      else this.#list.set(key, { name, values: [value] });
    } else if (entry) {
      entry.value += `${key === "cookie" ? "; " : ", "}${value}`;
    } else {
      this.#list.set(key, { name, value });
    }
  }

  append(name, value) {
    needs(arguments, 2, "Headers.append");
    this.#append("append", byteString(name), byteString(value));
  }
  delete(name) {
    needs(arguments, 1, "Headers.delete");
    this.#check("delete", byteString(name));
    this.#sorted = undefined;
    this.#list.delete(name.toLowerCase());
  }
  get(name) {
    needs(arguments, 1, "Headers.get");
    name = byteString(name);
    this.#check("get", name);
    const entry = this.#list.get(name.toLowerCase());
    return entry === undefined ? null : (entry.values?.join(", ") ?? entry.value);
  }
  has(name) {
    needs(arguments, 1, "Headers.has");
    name = byteString(name);
    this.#check("has", name);
    return this.#list.has(name.toLowerCase());
  }
  set(name, value) {
    needs(arguments, 2, "Headers.set");
    name = byteString(name);
    value = trimmed(byteString(value));
    this.#check("set", name, value);
    const key = name.toLowerCase();
    this.#sorted = undefined;
    this.#list.set(key, key === "set-cookie" ? { name, values: [value] } : { name, value });
  }
  getSetCookie() {
    return [...(this.#list.get("set-cookie")?.values ?? [])];
  }
  #pairs() {
    this.#sorted ??= [...this.#list.keys()].sort().flatMap((key) => {
      const { value, values } = this.#list.get(key);
      return values ? values.map((one) => [key, one]) : [[key, value]];
    });
    return this.#sorted;
  }
  *#entries() {
    for (let index = 0; index < this.#pairs().length; index++) {
      const [key, value] = this.#pairs()[index];
      yield [key, value];
    }
  }
  keys() {
    return iterator(this.#entries(), ([key]) => key);
  }
  values() {
    return iterator(this.#entries(), ([, value]) => value);
  }
  entries() {
    return iterator(this.#entries(), (pair) => pair);
  }
  forEach(callback, self = undefined) {
    needs(arguments, 1, "Headers.forEach");
    if (typeof callback !== "function") {
      throw new TypeError("Failed to execute 'forEach' on 'Headers': parameter 1 is not of type 'Function'.");
    }
    for (const [key, value] of this.#entries()) apply(callback, self, [value, key, this]);
  }
  [inspect](depth, options, show) {
    const shown = {};
    for (const [key, { name, value, values }] of this.#list) shown[key === name.toLowerCase() ? name : key] = values?.join(", ") ?? value;
    return `Headers ${show(shown, { ...options, depth: options.depth ?? depth })}`;
  }
}

const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
const HeadersIterator = Object.create(IteratorPrototype, {
  [Symbol.toStringTag]: { value: "Headers Iterator", configurable: true },
});
function iterator(entries, pick) {
  return Object.create(HeadersIterator, {
    next: {
      value: () => {
        const { done, value } = entries.next();
        return { value: done ? undefined : pick(value), done };
      },
    },
  });
}
Object.defineProperty(Headers.prototype, Symbol.iterator, { value: Headers.prototype.entries, writable: true, configurable: true });
Object.defineProperty(Headers.prototype, Symbol.toStringTag, { value: "Headers", configurable: true });
for (const name of ["append", "delete", "get", "has", "set", "getSetCookie", "keys", "values", "entries", "forEach"]) {
  Object.defineProperty(Headers.prototype, name, { enumerable: true });
}

/** Says what may be changed: "none" or "immutable". */
export const setGuard = (headers, guard) => guards(headers, guard);
