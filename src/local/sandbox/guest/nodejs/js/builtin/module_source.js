// Finding, reading and evaluating modules: what CommonJS and ES modules have in common.

import host from "hoist:host";
import builtins from "hoist:builtins";
import { markWrapper, place } from "hoist:stack";

const indirectEval = globalThis.eval;
const parseJson = JSON.parse;

/** All builtins of Node 24 that are found without `node:`. */
const NODE_BUILTINS = new Set([
  "_http_agent", "_http_client", "_http_common", "_http_incoming", "_http_outgoing", "_http_server", "_stream_duplex",
  "_stream_passthrough", "_stream_readable", "_stream_transform", "_stream_wrap", "_stream_writable", "_tls_common",
  "_tls_wrap", "assert", "assert/strict", "async_hooks", "buffer", "child_process", "cluster", "console", "constants",
  "crypto", "dgram", "diagnostics_channel", "dns", "dns/promises", "domain", "events", "fs", "fs/promises", "http",
  "http2", "https", "inspector", "inspector/promises", "module", "net", "os", "path", "path/posix", "path/win32",
  "perf_hooks", "process", "punycode", "querystring", "readline", "readline/promises", "repl", "stream",
  "stream/consumers", "stream/promises", "stream/web", "string_decoder", "sys", "timers", "timers/promises", "tls",
  "trace_events", "tty", "url", "util", "util/types", "v8", "vm", "wasi", "worker_threads", "zlib",
]);
/** Those that are found only with it. */
const SCHEME_ONLY = new Set(["sea", "sqlite", "test", "test/reporters"]);

/** Builtins that are here, by the names programs list. */
export const builtinModules = builtins.names;

/** Whether Node has a builtin of this name. */
export function isBuiltin(specifier) {
  return specifier.startsWith("node:")
    ? NODE_BUILTINS.has(specifier.slice(5)) || SCHEME_ONLY.has(specifier.slice(5))
    : NODE_BUILTINS.has(specifier);
}

/** An error with a code, of the class that Node uses for it. */
export function coded(code, message, Type = Error) {
  const error = new Type(message);
  error.code = code;
  return error;
}

/**
 * The builtin that `specifier` names, or undefined when it names none.
 * One that Node has and this sandbox has not is an error that says so.
 */
export function findBuiltin(specifier, kind) {
  if (!specifier.startsWith("node:") && !NODE_BUILTINS.has(specifier)) return undefined;
  if (builtins.has(specifier)) return specifier.startsWith("node:") ? specifier : `node:${specifier}`;
  if (!isBuiltin(specifier)) {
    throw coded("ERR_UNKNOWN_BUILTIN_MODULE", `No such built-in module: ${specifier}`);
  }
  throw coded(
    kind === "require" ? "MODULE_NOT_FOUND" : "ERR_MODULE_NOT_FOUND",
    `Cannot find module '${specifier}': Hoist's sandbox does not have this builtin module of Node yet`,
  );
}

/** The `default` export of a builtin: what `require` gives. */
export function builtinExports(name) {
  return builtins.evaluate(name).default;
}

/** An error that the host reported as JSON. */
function hostError(json) {
  const { name, code, message, path, line, column, text } = parseJson(json);
  if (name === "SyntaxError") {
    const error = new SyntaxError(message);
    const marker = text === undefined ? "" : `${text}\n${" ".repeat(Math.max(0, column - 1))}^\n\n`;
    Object.defineProperty(error, "stack", {
      value: `${path}:${line}\n${marker}SyntaxError: ${message}\n    at ${path}:${line}:${column}`,
      writable: true,
      configurable: true,
    });
    Object.defineProperty(error, "hoistPlace", { value: `${path}:${line}:${column}` });
    return error;
  }
  const Type = /^ERR_(INVALID|UNSUPPORTED|UNKNOWN_FILE)/.test(code) ? TypeError : Error;
  const error = coded(code, message, Type);
  if (Type === TypeError || code.startsWith("ERR_")) {
    // As Node's own errors are written: with the code after the name.
    const stack = error.stack;
    const head = `${error.name}: `;
    if (typeof stack === "string" && stack.startsWith(head)) {
      error.stack = `${error.name} [${code}]: ${stack.slice(head.length)}`;
    }
  }
  return error;
}

/** Modules that are part of the image: { paths, use }, until the first of them is asked for. */
let kept;

/** Keeps modules aside: `use` is called before the first of `paths` is looked for among the loaded ones. */
export function keepModules(paths, use) {
  kept = { paths, use };
}

/** The absolute path of the file (or the name of the builtin) that `specifier` names in `from`. */
export function resolvePath(specifier, from, kind) {
  const result = host.resolve(specifier, from, kind);
  if (result.tag === "ok") {
    if (kept !== undefined && kept.paths.has(result.val)) {
      const { use } = kept;
      kept = undefined;
      use();
    }
    return result.val;
  }
  throw hostError(result.val);
}

/** Codes of a file that is not there. */
const ABSENT = ["ENOENT", "ENOTDIR", "EISDIR"];

/** What the host says of a module, and its code. */
export function readModule(path, kind) {
  return loaded(host.load(path, kind));
}

/** The same, or undefined when there is no such file. */
export function readModuleIfAny(path, kind) {
  const result = host.load(path, kind);
  if (result.tag !== "ok" && ABSENT.includes(parseJson(result.val).code)) return undefined;
  return loaded(result);
}

function loaded(result) {
  if (result.tag !== "ok") throw hostError(result.val);
  const [metadata, code] = result.val;
  const definition = parseJson(metadata);
  definition.code = code;
  return definition;
}

/** The function that a module's text is. */
export function evaluateText(code, file, kind) {
  const wrapper = indirectEval(place(code, file));
  markWrapper(wrapper, kind);
  return wrapper;
}

/** Parses a JSON module; errors name the file. */
export function parseJsonModule(code, path) {
  try {
    return parseJson(code);
  } catch (error) {
    error.message = `${path}: ${error.message}`;
    throw error;
  }
}

export function fileUrl(path) {
  return `file://${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}`;
}
