// The interface of `node:readline`: lines of an input, questions to an output.

import { EventEmitter } from "node:events";
import { StringDecoder } from "node:string_decoder";
import { AbortError, ERR_INVALID_ARG_TYPE } from "__wasm_rquickjs_builtin/internal/errors";

const { apply } = Reflect;
const kDecoder = Symbol("decoder");
const kRest = Symbol("rest");
const kQuestion = Symbol("question");
const kAfterReturn = Symbol("afterReturn");
const LINE_END = /\r\n|\n|\r(?!$)|\u2028|\u2029/;

export function useAfterClose() {
  const error = new Error("readline was closed");
  error.code = "ERR_USE_AFTER_CLOSE";
  return error;
}

export function Interface(input, output, completer, terminal) {
  if (!(this instanceof Interface)) return new Interface(input, output, completer, terminal);
  apply(EventEmitter, this, []);
  const options = input && input.input ? input : { input, output, completer, terminal };
  if (typeof options.input?.on !== "function") throw new ERR_INVALID_ARG_TYPE("input", "Stream", options.input);
  this.input = options.input;
  this.output = options.output;
  this.terminal = false;
  this.line = "";
  this.cursor = 0;
  this.history = options.history ?? [];
  this.historySize = options.historySize ?? 30;
  this.crlfDelay = Math.max(100, options.crlfDelay || 0);
  this.closed = false;
  this.paused = false;
  this._prompt = options.prompt ?? "> ";
  this[kDecoder] = new StringDecoder("utf8");
  this[kRest] = "";
  this[kQuestion] = undefined;
  this[kAfterReturn] = false;
  const onData = (data) => take(this, data);
  const onEnd = () => {
    const rest = this[kRest] + this[kDecoder].end();
    this[kRest] = "";
    if (rest !== "") emitLine(this, rest.replace(/\r$/, ""));
    this.close();
  };
  const onError = (error) => this.emit("error", error);
  this.input.on("data", onData);
  this.input.on("end", onEnd);
  this.input.on("error", onError);
  this.once("close", () => {
    this.input.removeListener("data", onData);
    this.input.removeListener("end", onEnd);
    this.input.removeListener("error", onError);
  });
  const { signal } = options;
  if (signal?.aborted) queueMicrotask(() => this.close());
  else signal?.addEventListener("abort", () => this.close(), { once: true });
  this.input.resume();
}
Object.setPrototypeOf(Interface.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Interface, EventEmitter);

function take(reader, data) {
  let text = typeof data === "string" ? data : reader[kDecoder].write(data);
  if (text === "") return;
  // The second half of a line end that was cut in two.
  if (reader[kAfterReturn] && text.startsWith("\n")) text = text.slice(1);
  reader[kAfterReturn] = false;
  const whole = reader[kRest] + text;
  const lines = whole.split(LINE_END);
  let rest = lines.pop();
  if (rest.endsWith("\r")) {
    lines.push(rest.slice(0, -1));
    rest = "";
    reader[kAfterReturn] = true;
  }
  reader[kRest] = rest;
  for (const line of lines) emitLine(reader, line);
}

function emitLine(reader, line) {
  const question = reader[kQuestion];
  if (question !== undefined) {
    reader[kQuestion] = undefined;
    question(line);
  } else {
    reader.emit("line", line);
  }
}

/** The most lines that wait before the input is paused. */
const WAITING = 1024;

/** The lines that come from now on. */
function linesOf(reader) {
  const lines = [];
  const waiting = [];
  let failure;
  let over = reader.closed;
  const settle = () => {
    while (waiting.length > 0 && (lines.length > 0 || failure || over)) {
      const { resolve, reject } = waiting.shift();
      if (lines.length > 0) {
        resolve({ value: lines.shift(), done: false });
      } else if (failure) {
        reject(failure.error);
        failure = undefined;
        over = true;
      } else {
        resolve({ value: undefined, done: true });
      }
    }
    if (lines.length >= WAITING) reader.pause();
    else if (lines.length === 0 && reader.paused && !reader.closed) reader.resume();
  };
  const onLine = (line) => { lines.push(line); settle(); };
  const onError = (error) => { failure = { error }; settle(); };
  const onClose = () => { over = true; settle(); };
  reader.on("line", onLine);
  reader.on("error", onError);
  reader.once("close", onClose);
  return {
    next: () => new Promise((resolve, reject) => { waiting.push({ resolve, reject }); settle(); }),
    return() {
      reader.removeListener("line", onLine);
      reader.removeListener("error", onError);
      reader.removeListener("close", onClose);
      reader.close();
      over = true;
      lines.length = 0;
      settle();
      return Promise.resolve({ value: undefined, done: true });
    },
    [Symbol.asyncIterator]() { return this; },
  };
}

const methods = {
  getPrompt() {
    return this._prompt;
  },
  setPrompt(prompt) {
    this._prompt = `${prompt}`;
  },
  prompt() {
    if (this.paused) this.resume();
    this.output?.write(this._prompt);
  },
  question(query, options, callback) {
    if (typeof options === "function") [callback, options] = [options, {}];
    if (this.closed) throw useAfterClose();
    if (options?.signal?.aborted) return;
    options?.signal?.addEventListener("abort", () => { this[kQuestion] = undefined; }, { once: true });
    if (typeof callback !== "function") return;
    if (this[kQuestion] !== undefined) {
      this.prompt();
      return;
    }
    this.output?.write(query);
    this[kQuestion] = callback;
  },
  pause() {
    if (this.paused) return this;
    this.input.pause();
    this.paused = true;
    this.emit("pause");
    return this;
  },
  resume() {
    if (!this.paused) return this;
    this.input.resume();
    this.paused = false;
    this.emit("resume");
    return this;
  },
  write(data) {
    if (this.closed) throw useAfterClose();
    if (this.paused) this.resume();
    if (data !== null && data !== undefined) take(this, data);
  },
  close() {
    if (this.closed) return;
    this.pause();
    this.closed = true;
    this.emit("close");
  },
  getCursorPos() {
    return { rows: 0, cols: this.cursor };
  },
  [Symbol.asyncIterator]() {
    return linesOf(this);
  },
  [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() {
    this.close();
  },
};
for (const name of Reflect.ownKeys(methods)) {
  Object.defineProperty(Interface.prototype, name, { value: methods[name], writable: true, configurable: true });
}

/** The same with a `question` that gives a promise. */
export class PromisingInterface extends Interface {
  question(query, options = {}) {
    return new Promise((resolve, reject) => {
      const { signal } = options;
      const abort = () => reject(new AbortError(undefined, { cause: signal.reason }));
      if (signal?.aborted) {
        abort();
        return;
      }
      signal?.addEventListener("abort", abort, { once: true });
      super.question(query, options, resolve);
    });
  }
}
