// `node:console`: the class `Console`, and the global one before Lambda's runtime client replaces its
// methods (see log.js).

import process from "node:process";
import { formatWithOptions, inspect } from "__wasm_rquickjs_builtin/internal/util/inspect";
import { formatTime } from "__wasm_rquickjs_builtin/internal/util/debuglog";
import { ERR_CONSOLE_WRITABLE_STREAM, ERR_INVALID_ARG_TYPE } from "hoist:console-errors";
import { table } from "hoist:console-table";

const kOut = Symbol("out");
const kError = Symbol("error");

/** Writes to two streams, as Node's `Console`. */
export function Console(options, stderr, ignoreErrors = true) {
  if (!new.target) return Reflect.construct(Console, [options, stderr, ignoreErrors]);
  const given = options === null || typeof options !== "object" || typeof options.write === "function"
    ? { stdout: options, stderr, ignoreErrors }
    : options;
  const { stdout, colorMode = "auto", inspectOptions, groupIndentation = 2 } = given;
  const errors = given.stderr ?? stdout;
  if (typeof stdout?.write !== "function") throw new ERR_CONSOLE_WRITABLE_STREAM("stdout");
  if (typeof errors?.write !== "function") throw new ERR_CONSOLE_WRITABLE_STREAM("stderr");
  if (inspectOptions !== undefined && typeof inspectOptions !== "object") {
    throw new ERR_INVALID_ARG_TYPE("options.inspectOptions", "object", inspectOptions);
  }
  const shared = { ...inspectOptions, colors: inspectOptions?.colors ?? colorMode === true };
  Object.defineProperty(this, "_stdout", { value: stdout, writable: true, configurable: true });
  Object.defineProperty(this, "_stderr", { value: errors, writable: true, configurable: true });
  install(this, new State(this, shared, groupIndentation));
}

/** What one console remembers. */
class State {
  constructor(owner, inspectOptions, width) {
    this.owner = owner;
    this.inspectOptions = inspectOptions;
    this.width = width;
    this.indentation = "";
    this.counts = new Map();
    this.times = new Map();
  }
  format(args) {
    return formatWithOptions(this.inspectOptions, ...args);
  }
  write(stream, text) {
    const indented = this.indentation === "" ? text : this.indentation + text.replace(/\n/g, `\n${this.indentation}`);
    stream.write(`${indented}\n`);
  }
  [kOut](text) {
    this.write(this.owner._stdout, text);
  }
  [kError](text) {
    this.write(this.owner._stderr, text);
  }
  elapsed(label, method) {
    const start = this.times.get(label);
    if (start === undefined) {
      process.emitWarning(`No such label '${label}' for ${method}`);
      return undefined;
    }
    const [seconds, nanoseconds] = process.hrtime(start);
    return formatTime(seconds * 1000 + nanoseconds / 1e6);
  }
}

/** Gives `owner` the methods, bound to its `state`. They call each other through `owner`, as Node's do. */
function install(owner, state) {
  const label = (given) => `${given === undefined ? "default" : given}`;
  const methods = {
    log: (...args) => state[kOut](state.format(args)),
    warn: (...args) => state[kError](state.format(args)),
    error: (...args) => state[kError](state.format(args)),
    dir: (value, options) => state[kOut](inspect(value, { customInspect: false, ...state.inspectOptions, ...options })),
    time(given) {
      const name = label(given);
      if (state.times.has(name)) {
        process.emitWarning(`Label '${name}' already exists for console.time()`);
      } else {
        state.times.set(name, process.hrtime());
      }
    },
    timeEnd(given) {
      const name = label(given);
      const time = state.elapsed(name, "console.timeEnd()");
      if (time !== undefined) owner.log("%s: %s", name, time);
      state.times.delete(name);
    },
    timeLog(given, ...data) {
      const name = label(given);
      const time = state.elapsed(name, "console.timeLog()");
      if (time !== undefined) owner.log("%s: %s", name, time, ...data);
    },
    trace: function trace(...args) {
      const error = { name: "Trace", message: state.format(args) };
      Error.captureStackTrace(error, trace);
      owner.error(error.stack.replace(/^[^\n]*/, error.message === "" ? "Trace" : `Trace: ${error.message}`));
    },
    assert(expression, ...args) {
      if (expression) return;
      if (typeof args[0] === "string") args[0] = `Assertion failed: ${args[0]}`;
      else args.unshift("Assertion failed");
      owner.warn(...args);
    },
    clear() {},
    count(given) {
      const name = label(given);
      const count = (state.counts.get(name) ?? 0) + 1;
      state.counts.set(name, count);
      owner.log(`${name}: ${count}`);
    },
    countReset(given) {
      const name = label(given);
      if (!state.counts.delete(name)) process.emitWarning(`Count for '${name}' does not exist`);
    },
    group(...data) {
      if (data.length > 0) owner.log(...data);
      state.indentation += " ".repeat(state.width);
    },
    groupEnd() {
      state.indentation = state.indentation.slice(0, Math.max(0, state.indentation.length - state.width));
    },
    table(data, properties) {
      if (data === null || typeof data !== "object") owner.log(data);
      else owner.log(table(data, properties));
    },
    dirxml: (...args) => owner.log(...args),
    profile() {},
    profileEnd() {},
    timeStamp() {},
    context: () => owner,
  };
  methods.info = methods.log;
  methods.debug = methods.log;
  methods.groupCollapsed = methods.group;
  for (const name of Object.keys(methods)) {
    Object.defineProperty(owner, name, { value: methods[name], writable: true, enumerable: true, configurable: true });
  }
  Object.defineProperty(owner, Symbol.toStringTag, { value: "console", configurable: true });
}

/** The global console. */
const console = Object.create({});
Object.defineProperties(console, {
  _stdout: { get: () => process.stdout, configurable: true },
  _stderr: { get: () => process.stderr, configurable: true },
});
install(console, new State(console, { colors: false }, 2));
Object.defineProperty(console, "Console", { value: Console, writable: true, enumerable: true, configurable: true });
Object.defineProperty(Console, Symbol.hasInstance, { value: (value) => value instanceof Object && "_stdout" in value });

export default console;
