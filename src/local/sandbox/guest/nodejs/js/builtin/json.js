// `JSON` with V8's messages: what people search for when a body is no JSON or an object contains itself.

import { labelNative, parsePlace } from "hoist:stack";

const native = { parse: JSON.parse, stringify: JSON.stringify };
const { apply, defineProperty } = Reflect;
const { keys } = Object;
const { isArray } = Array;

/** Text up to this length is quoted whole. */
const WHOLE = 20;
/** Characters quoted on each side of the wrong one otherwise. */
const CONTEXT = 10;
/** How many objects are looked at for the circle of an object that contains itself. */
const SEARCHED = 10_000;
/** The lines of a circle that are shown: the first ones and the last. */
const FIRST = 2;

/** Gives `error` another message, in its stack too. */
function reword(error, message) {
  const { stack } = error;
  const before = `${error.name}: ${error.message}`;
  defineProperty(error, "message", { value: message, writable: true, enumerable: false, configurable: true });
  if (typeof stack === "string" && stack.startsWith(before)) {
    error.stack = `${error.name}: ${message}${stack.slice(before.length)}`;
  }
  return error;
}

/** The index of a line and column of `text`, both from 1. */
function indexOf(text, line, column) {
  let start = 0;
  for (; line > 1; line--) start = text.indexOf("\n", start) + 1;
  return start + column - 1;
}

function quoted(text, at) {
  if (text.length <= WHOLE) return `"${text}"`;
  const from = at < CONTEXT ? 0 : at - CONTEXT;
  const to = at > text.length - CONTEXT ? text.length : at + CONTEXT;
  return `${from === 0 ? "" : "..."}"${text.slice(from, to)}"${to === text.length ? "" : "..."}`;
}

/** V8's message for a character that cannot stand where it does; undefined when there is a better one. */
function unexpected(text, message) {
  // The engine does not tell an object that has members already from one that has none.
  const member = /^Expected property name or '}'( in JSON at position (\d+).*)$/.exec(message);
  if (member !== null && text.slice(0, member[2]).trimEnd().endsWith(",")) {
    return `Expected double-quoted property name${member[1]}`;
  }
  const token = /^[uU]nexpected token:? '([^]*?)'( in JSON)?$/.exec(message)?.[1];
  if (token === undefined || token === "") return undefined;
  if (text === "undefined" || text === "[object Object]") return `"${text}" is not valid JSON`;
  const near = indexOf(text, parsePlace.line, parsePlace.column);
  // Columns are counted in bytes by the engine: the token is where it can be found.
  let at = near;
  if (!text.startsWith(token, near)) at = text.lastIndexOf(token, near);
  if (at === -1) at = text.indexOf(token);
  if (at === -1) return undefined;
  return `Unexpected token '${String.fromCodePoint(text.codePointAt(at))}', ${quoted(text, at)} is not valid JSON`;
}

function parse(text, reviver) {
  try {
    return apply(native.parse, JSON, [text, reviver]);
  } catch (error) {
    if (!(error instanceof SyntaxError) || typeof error.message !== "string") throw error;
    const message = typeof text === "symbol" ? undefined : unexpected(`${text}`, error.message);
    throw message === undefined ? error : reword(error, message);
  }
}

/** The way from an object to itself: [object, key of the next one] steps, the last of which closes the circle. */
function circle(root) {
  const path = [{ value: root, keys: keys(root), next: 0 }];
  for (let searched = 0; path.length > 0 && searched < SEARCHED; searched++) {
    const top = path.at(-1);
    if (top.next === top.keys.length) {
      path.pop();
      continue;
    }
    const child = top.value[top.keys[top.next++]];
    if (child === null || typeof child !== "object") continue;
    const start = path.findIndex(({ value }) => value === child);
    if (start !== -1) return path.slice(start).map(({ value, keys, next }) => [value, keys[next - 1]]);
    path.push({ value: child, keys: keys(child), next: 0 });
  }
  return undefined;
}

const named = (value) => `object with constructor '${value.constructor?.name ?? "Object"}'`;
const keyed = ([value, key]) => (isArray(value) ? `index ${key}` : `property '${key}'`);

function circularMessage(root) {
  const title = "Converting circular structure to JSON";
  const steps = circle(root);
  if (steps === undefined) return title;
  const lines = [`--> starting at ${named(steps[0][0])}`];
  for (let index = 0; index + 1 < steps.length; index++) {
    lines.push(`|     ${keyed(steps[index])} -> ${named(steps[index + 1][0])}`);
  }
  if (lines.length > FIRST + 2) lines.splice(FIRST, lines.length - FIRST - 1, "|     ...");
  lines.push(`--- ${keyed(steps.at(-1))} closes the circle`);
  return [title, ...lines].join("\n    ");
}

function stringify(value, replacer, space) {
  try {
    return apply(native.stringify, JSON, [value, replacer, space]);
  } catch (error) {
    if (!(error instanceof TypeError) || error.message !== "circular reference") throw error;
    let message;
    try {
      message = circularMessage(value);
    } catch {
      // A getter of the program's that throws when it is read again.
      throw error;
    }
    throw reword(error, message);
  }
}

for (const method of [parse, stringify]) {
  labelNative(method, `JSON.${method.name}`);
  defineProperty(JSON, method.name, { value: method, writable: true, enumerable: false, configurable: true });
}
