// Stacks as V8 prints them.
//
// The engine calls code that came by `eval` `<input>`, so every module of the user is evaluated with its
// own range of lines (see `place`), and this file maps a line back to the module's file and line. Frames
// of the bootstrap are left out; frames of Node's builtins are shown as `node:…`.

import builtins from "hoist:builtins";

const { apply, defineProperty, getOwnPropertyDescriptor, ownKeys } = Reflect;
const errorToString = Error.prototype.toString;
const functionToString = Function.prototype.toString;
const slice = String.prototype.slice;
const { isPrototypeOf } = Object.prototype;
const { exec } = RegExp.prototype;
const NativeError = Error;
const WeakMapGet = WeakMap.prototype.get;

/** The script that the image was made from, as the engine names it. */
const SCRIPT = "componentize-qjs:user.js";
/** What the engine calls evaluated code. */
const EVALUATED = "<input>";
/** Lines below belong to code that the user evaluates himself. */
const FIRST_LINE = 2000;
/** Frames that the engine collects beyond the limit, because some are left out afterwards. */
const HIDDEN_FRAMES = 16;

/** Ranges of lines of evaluated modules: start and file, ascending. */
const starts = [];
const files = [];
/** Their texts: what the engine calls "not a function" is named from there. */
const sources = [];
let nextLine = FIRST_LINE;

/** The function that holds a module's text → "commonjs" or "module". */
const wrappers = new WeakMap();

/**
 * Gives `code` a range of lines in which its frames are frames of `file`: the text to evaluate.
 */
export function place(code, file) {
  starts.push(nextLine);
  files.push(file);
  sources.push(code);
  const text = "\n".repeat(nextLine - 1) + code;
  let lines = 1;
  for (let at = code.indexOf("\n"); at !== -1; at = code.indexOf("\n", at + 1)) lines++;
  nextLine += lines;
  return text;
}

/** Marks the function of a whole module. */
export function markWrapper(wrapper, kind) {
  wrappers.set(wrapper, kind);
}

/** Labels of native functions, as V8 shows the receiver: `Array.map`. */
const natives = new WeakMap();
for (const holder of [Array, ArrayBuffer, Boolean, Date, Function, JSON, Map, Math, Number, Object, Promise,
  Reflect, RegExp, Set, String, Symbol, Uint8Array, WeakMap, WeakSet]) {
  const label = holder === JSON ? "JSON" : holder === Math ? "Math" : holder === Reflect ? "Reflect" : holder.name;
  const add = (from) => {
    for (const key of ownKeys(from)) {
      const value = getOwnPropertyDescriptor(from, key)?.value;
      if (typeof value === "function" && typeof key === "string" && !natives.has(value)) {
        natives.set(value, `${key === "constructor" ? "new " : `${label}.`}${key === "constructor" ? label : key}`);
      }
    }
  };
  if (holder.prototype) add(holder.prototype);
  add(holder);
}

/** Has `replacement` of ours shown in stacks as the native function that it stands for. */
export function labelNative(replacement, label) {
  natives.set(replacement, label);
}

/** Where the builtins lie in the script: ascending first lines and the names to show, "" to hide. */
const builtinStarts = [];
const builtinNames = [];
{
  const shown = (name) => {
    if (name.startsWith("node:")) return name;
    const inner = name.indexOf("internal/");
    return inner === -1 ? "" : `node:${slice.call(name, inner)}`;
  };
  let end = 0;
  const bodies = builtins.bodies
    .map(([name, body]) => ({ name, line: body.lineNumber, lines: functionToString.call(body).split("\n").length }))
    .sort((one, other) => one.line - other.line);
  for (const { name, line, lines } of bodies) {
    builtinStarts.push(line);
    builtinNames.push(shown(name));
    end = line + lines;
  }
  builtinStarts.push(end);
  builtinNames.push("");
}

/** The last index whose value is at most `line`, or -1. */
function floorIndex(list, line) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] <= line) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The handler is called as a method of Lambda's runtime, and shown so. */
let handlerFunction;
export function markHandler(handler) {
  handlerFunction = handler;
}

/** What one frame shows, or undefined when it is left out. */
function read(site) {
  const native = site.isNative();
  let file = site.getFileName();
  let line = site.getLineNumber();
  const called = site.getFunction();
  let name = site.getFunctionName() || "";
  if (native) {
    const label = typeof called === "function" ? apply(WeakMapGet, natives, [called]) : undefined;
    return { file: null, line: null, column: null, name: label ?? name, called, native };
  }
  if (file === SCRIPT) {
    const label = typeof called === "function" ? apply(WeakMapGet, natives, [called]) : undefined;
    if (label !== undefined) return { file: null, line: null, column: null, name: label, called, native: true };
    const index = floorIndex(builtinStarts, line);
    file = index === -1 ? "" : builtinNames[index];
    if (file === "") return undefined;
    line = line - builtinStarts[index] + 1;
  } else if (file === EVALUATED) {
    const index = floorIndex(starts, line);
    if (index === -1) {
      // No function: the place in the text that `JSON.parse` or `eval` could not read.
      if (typeof called !== "function") return undefined;
      file = "<anonymous>";
    } else {
      file = files[index];
      line = line - starts[index] + 1;
    }
  } else if (file === null || file.startsWith("componentize-qjs:")) {
    return undefined;
  }
  if (typeof called === "function") {
    const kind = apply(WeakMapGet, wrappers, [called]);
    if (kind === "commonjs") name = "Object.<anonymous>";
    else if (kind === "module") return { file, line, column: site.getColumnNumber(), name: "", called, native, isModule: true };
    else if (called === handlerFunction) name = name === "" ? "Runtime.handler" : `Runtime.${name}`;
    else if (name !== "" && isClass(called)) name = `new ${name}`;
  }
  if (name === "<eval>") name = "eval";
  return { file, line, column: site.getColumnNumber(), name, called, native };
}

function isClass(called) {
  try {
    return apply(slice, apply(functionToString, called, []), [0, 5]) === "class";
  } catch {
    return false;
  }
}

function location(frame) {
  if (frame.native) return "<anonymous>";
  return `${frame.file}:${frame.line}:${frame.column}`;
}

function text(frame) {
  return frame.name === "" ? location(frame) : `${frame.name} (${location(frame)})`;
}

/** A frame as `Error.prepareStackTrace` of the user's gets it. */
class CallSite {
  #frame;
  constructor(frame) {
    this.#frame = frame;
  }
  getThis() {
    return undefined;
  }
  getTypeName() {
    const dot = this.#frame.name.indexOf(".");
    return dot === -1 ? null : this.#frame.name.slice(0, dot);
  }
  getFunction() {
    return this.#frame.called;
  }
  getFunctionName() {
    const { name } = this.#frame;
    return name === "" || name.endsWith("<anonymous>") ? null : name.replace(/^new |^.*\./, "");
  }
  getMethodName() {
    return null;
  }
  getFileName() {
    return this.#frame.file ?? undefined;
  }
  getLineNumber() {
    return this.#frame.line;
  }
  getColumnNumber() {
    return this.#frame.column;
  }
  getEvalOrigin() {
    return undefined;
  }
  getScriptNameOrSourceURL() {
    return this.#frame.file;
  }
  getScriptHash() {
    return "";
  }
  getEnclosingLineNumber() {
    return this.#frame.line;
  }
  getEnclosingColumnNumber() {
    return this.#frame.column;
  }
  getPosition() {
    return 0;
  }
  getPromiseIndex() {
    return null;
  }
  isToplevel() {
    return !this.#frame.name.includes(".");
  }
  isEval() {
    return this.#frame.file === "<anonymous>";
  }
  isNative() {
    return this.#frame.native;
  }
  isConstructor() {
    return this.#frame.name.startsWith("new ");
  }
  isAsync() {
    return false;
  }
  isPromiseAll() {
    return false;
  }
  toString() {
    return text(this.#frame);
  }
}

// Only this is asked of the error: reading `constructor` here made the engine fault later on.
function header(error) {
  try {
    return apply(errorToString, error, []);
  } catch {
    return "<error>";
  }
}

/** The first line and the frames, as V8 writes them. */
function ErrorPrepareStackTrace(error, sites) {
  let out = header(error);
  for (let index = 0; index < sites.length; index++) out += `\n    at ${sites[index]}`;
  return out;
}

const NULLISH = /^cannot (read|set) property '(.*)' of (undefined|null)$/;
const UNINITIALIZED = /^(.*) is not initialized$/;
const PRIVATE = /^private class field '(.*)' does not exist$/;

/** Messages of the engine in V8's words, where those need no more than the engine tells. */
const WORDS = {
  __proto__: null,
  "this is not initialized":
    "Must call super constructor in derived class before accessing 'this' or returning from derived constructor",
  "invalid array length": "Invalid array length",
  "Date value is NaN": "Invalid time value",
  "BigInt division by zero": "Division by zero",
  "bad normalization form": "The normalization form should be one of NFC, NFD, NFKC, NFKD.",
  "out of bound": "Offset is outside the bounds of the DataView",
  "cannot convert BigInt to number": "Cannot mix BigInt and other types, use explicit conversions",
  "cannot convert symbol to string": "Cannot convert a Symbol value to a string",
  "cannot convert symbol to number": "Cannot convert a Symbol value to a number",
  "BigInt are forbidden in JSON.stringify": "Do not know how to serialize a BigInt",
  "empty array": "Reduce of empty array with no initial value",
  "promise self resolution": "Chaining cycle detected for promise #<Promise>",
  "invalid 'instanceof' right operand": "Right-hand side of 'instanceof' is not callable",
  "expecting hex digit": "URI malformed",
  "expecting surrogate pair": "URI malformed",
  "Cannot read properties of undefined (reading 'Symbol.iterator')":
    "undefined is not iterable (cannot read property Symbol(Symbol.iterator))",
  "Cannot read properties of null (reading 'Symbol.iterator')":
    "null is not iterable (cannot read property Symbol(Symbol.iterator))",
};

/** How much text before a call is looked at to name what is called. */
const CALLEE_LENGTH = 200;
const CALLEE = /^([\w$]+)\s*(?:\(|\?\.\()/;
const OWNER = /(?:(?:[\w$]+|#[\w$]+)\s*\??\.\s*)+#?$/;
const CALL_RESULT = /([\w$.]+)\([^()]*\)\s*\??\.\s*$/;
const NEW = /\bnew\s+$/;
const SPACE = /\s+/g;
const replace = String.prototype.replace;

/** `api.client.send is not a function` for a call at this place; undefined when the text does not say. */
function notCallable(site) {
  if (site === undefined || site.isNative() || site.getFileName() !== EVALUATED) return undefined;
  const line = site.getLineNumber();
  const index = floorIndex(starts, line);
  if (index === -1) return undefined;
  const code = sources[index];
  let start = 0;
  for (let left = line - starts[index]; left > 0; left--) start = code.indexOf("\n", start) + 1;
  const at = start + site.getColumnNumber() - 1;
  const callee = apply(exec, CALLEE, [code.slice(at, at + CALLEE_LENGTH)]);
  if (callee === null) return undefined;
  const before = code.slice(at > CALLEE_LENGTH ? at - CALLEE_LENGTH : 0, at);
  const owner = apply(exec, OWNER, [before]);
  let name = callee[1];
  let rest = before;
  if (owner !== null) {
    name = apply(replace, owner[0], [SPACE, ""]) + name;
    rest = before.slice(0, owner.index);
  }
  const last = rest.trimEnd().at(-1);
  if (last === "." && rest.trimEnd().slice(-3) !== "...") {
    const result = apply(exec, CALL_RESULT, [rest]);
    name = `${result === null ? "(intermediate value)" : `${result[1]}(...)`}.${name}`;
  }
  return `${name} is not a ${apply(exec, NEW, [rest]) === null ? "function" : "constructor"}`;
}

/** The engine's most frequent messages in V8's words: what programs and people look for. */
function reword(error, sites) {
  const { message } = error;
  if (typeof message !== "string" || message === "") return;
  if (message === "not a function" || message === "not a constructor") {
    error.message = notCallable(sites[0]) ?? message;
    return;
  }
  const words = WORDS[message];
  if (words !== undefined) {
    error.message = words;
    return;
  }
  if (message[0] === "c") {
    const match = apply(exec, NULLISH, [message]);
    if (match === null) return;
    const [, verb, name, value] = match;
    const words = `Cannot ${verb} properties of ${value} (${verb === "read" ? "reading" : "setting"} '${name}')`;
    error.message = WORDS[words] ?? words;
    return;
  }
  const uninitialized = apply(exec, UNINITIALIZED, [message]);
  if (uninitialized !== null) error.message = `Cannot access '${uninitialized[1]}' before initialization`;
  const field = apply(exec, PRIVATE, [message]);
  if (field !== null) error.message = `Cannot read private member ${field[1]} from an object whose class did not declare it`;
}

/** Errors that the engine itself makes, apart from those whose message is the program's business alone. */
const REWORDED = [TypeError, RangeError, ReferenceError, URIError];
const isOfEngine = (error) => {
  for (let index = 0; index < REWORDED.length; index++) if (error instanceof REWORDED[index]) return true;
  return false;
};

/** Where in its text `JSON.parse` last found something wrong: line and column, from 1. */
export const parsePlace = { line: 0, column: 0 };

let limit = 10;

// V8 writes a stack when it is first looked at, and most classes of errors get their name before that:
// `super(message); this.name = "NotFound"`. So an error gets an accessor, as in V8 since Node 21.

/** An error → `{ frames }` before the first look, `{ stack }` after it. */
const stacks = new WeakMap();
const setStack = WeakMap.prototype.set;

const accessor = {
  get stack() {
    const entry = apply(WeakMapGet, stacks, [this]);
    if (entry === undefined) return undefined;
    const { frames } = entry;
    if (frames !== undefined) {
      entry.frames = undefined;
      entry.stack = render(this, frames);
    }
    return entry.stack;
  },
  set stack(value) {
    const entry = apply(WeakMapGet, stacks, [this]);
    if (entry === undefined) {
      defineProperty(this, "stack", { value, writable: true, enumerable: true, configurable: true });
    } else {
      entry.frames = undefined;
      entry.stack = value;
    }
  },
};
const ACCESSOR = { ...getOwnPropertyDescriptor(accessor, "stack"), enumerable: false };

/** The frames below the constructors that made `error`: V8 leaves those out. */
function belowConstructors(error, frames) {
  let index = 0;
  for (; index < frames.length; index++) {
    const { name, called } = frames[index];
    if (apply(slice, name, [0, 4]) !== "new " || !apply(isPrototypeOf, called.prototype, [error])) break;
  }
  return index === 0 ? frames : frames.slice(index);
}

/** The stack of `error`: its text, or what the program's own `Error.prepareStackTrace` makes of the frames. */
function render(error, collected) {
  const frames = belowConstructors(error, collected);
  const custom = NativeError.prepareStackTrace;
  if (typeof custom === "function" && custom !== ErrorPrepareStackTrace) {
    const wrapped = [];
    for (let index = 0; index < frames.length; index++) wrapped[index] = new CallSite(frames[index]);
    return apply(custom, NativeError, [error, wrapped]);
  }
  let out = header(error);
  for (let index = 0; index < frames.length; index++) out += `\n    at ${text(frames[index])}`;
  return out;
}

/** What the engine calls whenever an error is made. With null for an answer it leaves `stack` alone. */
function prepare(error, sites) {
  // A primitive that is thrown comes here too; it has no stack.
  if (error === null || (typeof error !== "object" && typeof error !== "function")) return null;
  if (isOfEngine(error)) reword(error, sites);
  else if (error instanceof SyntaxError && sites.length > 0 && typeof sites[0].getFunction() !== "function") {
    parsePlace.line = sites[0].getLineNumber();
    parsePlace.column = sites[0].getColumnNumber();
  }
  const frames = [];
  let inModule = false;
  let native;
  for (let index = 0; index < sites.length && frames.length < limit; index++) {
    const frame = read(sites[index]);
    if (frame?.native) {
      native = frame;
      continue;
    }
    // A native function is shown when what called it is.
    if (native !== undefined && frame !== undefined) frames[frames.length] = native;
    native = undefined;
    if (frame === undefined) continue;
    // Below a module stand those that import it: they have not begun.
    if (frame.isModule) {
      if (inModule) continue;
      inModule = true;
    }
    frames[frames.length] = frame;
  }
  if (capturing) {
    captured = frames;
    return null;
  }
  // The engine asks again for an error that passes through functions of its own.
  if (apply(WeakMapGet, stacks, [error]) !== undefined) return null;
  return wait(error, frames) ? null : render(error, frames);
}

/** Gives `error` a stack of these frames; false when it takes none. */
function wait(error, frames) {
  if (!defineProperty(error, "stack", ACCESSOR)) return false;
  apply(setStack, stacks, [error, { frames, stack: undefined }]);
  return true;
}

/** Whether the frames are for `Error.captureStackTrace`, which writes `stack` itself. */
let capturing = false;
let captured;

const nativeCapture = NativeError.captureStackTrace;
// Not strict: the engine does not tell the functions of the frames below a strict one, and frames are named by them.
const captureStackTrace = Function(
  "collect",
  "finish",
  `return function captureStackTrace(target, below) {
    try {
      collect(target, below === undefined ? captureStackTrace : below);
    } finally {
      finish(target);
    }
  }`,
)(
  (target, below) => {
    capturing = true;
    captured = undefined;
    apply(nativeCapture, NativeError, [target, below]);
  },
  (target) => {
    capturing = false;
    if (captured !== undefined) wait(target, captured);
    captured = undefined;
  },
);
defineProperty(NativeError, "captureStackTrace", { value: captureStackTrace });

const nativePrepare = getOwnPropertyDescriptor(NativeError, "prepareStackTrace");
const nativeLimit = getOwnPropertyDescriptor(NativeError, "stackTraceLimit");
apply(nativePrepare.set, NativeError, [prepare]);
apply(nativeLimit.set, NativeError, [limit + HIDDEN_FRAMES]);
// For the program both are what they are in V8.
defineProperty(NativeError, "prepareStackTrace", {
  value: ErrorPrepareStackTrace,
  writable: true,
  enumerable: false,
  configurable: true,
});
defineProperty(NativeError, "stackTraceLimit", {
  get: () => limit,
  set(value) {
    limit = typeof value === "number" && value > 0 ? Math.min(Math.floor(value), 500) : 0;
    apply(nativeLimit.set, NativeError, [limit === 0 ? 0 : limit + HIDDEN_FRAMES]);
  },
  enumerable: true,
  configurable: true,
});
