// `node:process`. What depends on the environment comes with `start`, after the snapshot.

import host from "hoist:host";
import EventEmitter from "node:events";
import { context, nextTick as schedule } from "hoist:loop";
import {
  ERR_INVALID_ARG_TYPE,
  ERR_OUT_OF_RANGE,
} from "__wasm_rquickjs_builtin/internal/errors";

const { apply } = Reflect;
const memory = globalThis.__cqjs?.getMemoryUsage;

/** An error with one of Node's codes. */
function coded(Type, code, message) {
  const error = new Type(message);
  error.code = code;
  return error;
}

// ---- the environment: values are strings, always

const environment = {};

const traps = {
  set(target, key, value) {
    if (typeof key === "symbol" || typeof value === "symbol") {
      throw new TypeError("Cannot convert a Symbol value to a string");
    }
    target[key] = `${value}`;
    return true;
  },
  defineProperty(target, key, descriptor) {
    if ("get" in descriptor || "set" in descriptor) {
      throw coded(TypeError, "ERR_INVALID_OBJECT_DEFINE_PROPERTY",
        "'process.env' does not accept an accessor(getter/setter) descriptor");
    }
    if (!(descriptor.configurable && descriptor.writable && descriptor.enumerable)) {
      throw coded(TypeError, "ERR_INVALID_OBJECT_DEFINE_PROPERTY",
        "'process.env' only accepts a configurable, writable, and enumerable data descriptor");
    }
    return Reflect.defineProperty(target, key, { ...descriptor, value: `${descriptor.value}` });
  },
};
export let env = new Proxy(environment, traps);

/** Tells `listener` of every variable that is read (undefined: of all at once), until it is given none. */
export function watchVariables(listener) {
  for (const trap of ["get", "has", "getOwnPropertyDescriptor", "ownKeys", "deleteProperty"]) delete traps[trap];
  if (listener === undefined) return;
  for (const trap of ["get", "has", "getOwnPropertyDescriptor"]) {
    traps[trap] = (target, key, ...rest) => {
      if (typeof key === "string") listener(key);
      return Reflect[trap](target, key, ...rest);
    };
  }
  for (const trap of ["ownKeys", "deleteProperty"]) {
    traps[trap] = (...args) => {
      listener(undefined);
      return Reflect[trap](...args);
    };
  }
}

// ---- the object: an emitter between two plain prototypes, as in Node

const process = Object.create(
  Object.create(EventEmitter.prototype, {
    constructor: { value: function process() {}, writable: true, configurable: true },
    [Symbol.toStringTag]: { value: "process", configurable: true },
  }),
);
EventEmitter.call(process);

let cwdPath = "/var/task";
let exitCode;
/** Lambda's `umask`. */
let mask = 0o022;

/** Queues `callback` to run before anything else of the event loop. */
export function nextTick(callback, ...args) {
  if (typeof callback !== "function") throw new ERR_INVALID_ARG_TYPE("callback", "function", callback);
  const captured = context.capture?.();
  if (captured !== undefined) schedule(() => context.restore(captured, () => apply(callback, undefined, args)));
  else if (args.length === 0) schedule(callback);
  else schedule(() => apply(callback, undefined, args));
}

/** Seconds and nanoseconds since some moment, or since `earlier`. */
export function hrtime(earlier) {
  const time = host.monotonic();
  let seconds = Math.floor(time / 1000);
  let nanoseconds = Math.floor((time - seconds * 1000) * 1e6);
  if (earlier !== undefined) {
    if (!Array.isArray(earlier)) throw new ERR_INVALID_ARG_TYPE("time", "Array", earlier);
    if (earlier.length !== 2) throw new ERR_OUT_OF_RANGE("time", 2, earlier.length);
    seconds -= earlier[0];
    nanoseconds -= earlier[1];
    if (nanoseconds < 0) {
      seconds--;
      nanoseconds += 1e9;
    }
  }
  return [seconds, nanoseconds];
}
hrtime.bigint = function bigint() {
  return BigInt(Math.floor(host.monotonic() * 1e6));
};

/** Ends the process: the environment is gone afterwards. */
export function exit(code) {
  if (code !== undefined) process.exitCode = code;
  if (!process._exiting) {
    process._exiting = true;
    process.emit("exit", process.exitCode ?? 0);
  }
  host.exit(Number(process.exitCode ?? 0));
}

export function cwd() {
  return cwdPath;
}

/** Changes the folder that `cwd` names; the file must be a folder in the mounts. */
export function chdir(directory) {
  if (typeof directory !== "string") throw new ERR_INVALID_ARG_TYPE("directory", "string", directory);
  const path = directory.startsWith("/") ? directory : `${cwdPath}/${directory}`;
  const found = host.file("realpath", JSON.stringify({ path }), new Uint8Array(0));
  const stat = found.tag === "ok" ? host.file("stat", JSON.stringify({ path }), new Uint8Array(0)) : found;
  const isDirectory = stat.tag === "ok" && JSON.parse(stat.val[0]).kind === "directory";
  if (!isDirectory) {
    const [code, text] = stat.tag === "ok" ? ["ENOTDIR", "not a directory"] : ["ENOENT", "no such file or directory"];
    const error = coded(Error, code, `${code}: ${text}, chdir '${cwdPath}' -> '${directory}'`);
    throw Object.assign(error, { syscall: "chdir", path: cwdPath, dest: directory });
  }
  cwdPath = JSON.parse(found.val[0]).path;
}

export function uptime() {
  return host.monotonic() / 1000;
}

/** Bytes in use, as the engine counts them. */
export function memoryUsage() {
  const used = memory?.() ?? {};
  const heapUsed = Number(used.memoryUsedSize ?? used.mallocSize ?? 0);
  const heapTotal = Math.max(heapUsed, Number(used.mallocSize ?? 0));
  return { rss: heapTotal, heapTotal, heapUsed, external: 0, arrayBuffers: 0 };
}
memoryUsage.rss = () => memoryUsage().rss;

/** Processor time in µs: an environment runs alone, so it is close to the time that passed. */
export function cpuUsage(previous) {
  const user = Math.floor(host.monotonic() * 1000);
  return { user: user - (previous?.user ?? 0), system: 0 - (previous?.system ?? 0) };
}

export function resourceUsage() {
  return {
    userCPUTime: cpuUsage().user, systemCPUTime: 0, maxRSS: Math.ceil(memoryUsage().rss / 1024), sharedMemorySize: 0,
    unsharedDataSize: 0, unsharedStackSize: 0, minorPageFault: 0, majorPageFault: 0, swappedOut: 0, fsRead: 0, fsWrite: 0,
    ipcSent: 0, ipcReceived: 0, signalsCount: 0, voluntaryContextSwitches: 0, involuntaryContextSwitches: 0,
  };
}

export function umask(value) {
  const previous = mask;
  if (value !== undefined) mask = typeof value === "string" ? parseInt(value, 8) : value & 0o777;
  return previous;
}

/** Emits a warning and prints it to standard error, on the next tick. */
export function emitWarning(warning, type, code, constructor) {
  // Node does not tell people of what packages do.
  if (code === "DEP0005" && new Error().stack.includes("/node_modules/")) return;
  let detail;
  if (type !== null && typeof type === "object") {
    ({ ctor: constructor, code, detail, type } = type);
  } else if (typeof type === "function") {
    constructor = type;
    type = undefined;
  }
  if (typeof code === "function") {
    constructor = code;
    code = undefined;
  }
  if (typeof warning === "string") {
    const name = `${type || "Warning"}`;
    warning = new Error(warning);
    warning.name = name;
    if (code !== undefined) warning.code = code;
    if (typeof detail === "string") warning.detail = detail;
    Error.captureStackTrace(warning, constructor ?? emitWarning);
  } else if (!(warning instanceof Error)) {
    throw new ERR_INVALID_ARG_TYPE("warning", ["string", "Error"], warning);
  }
  if (warning.name === "DeprecationWarning") {
    if (process.noDeprecation) return;
    if (process.throwDeprecation) {
      schedule(() => {
        throw warning;
      });
      return;
    }
  }
  schedule(() => {
    const tag = warning.code ? `[${warning.code}] ` : "";
    const shown = process.traceDeprecation ? warning.stack : `${warning.name}: ${warning.message}`;
    const more = warning.detail ? `\n${warning.detail}` : "";
    if (!process.noProcessWarnings) process.stderr.write(`(node:${process.pid}) ${tag}${shown}${more}\n`);
    process.emit("warning", warning);
  });
}

function unavailable(name) {
  return () => {
    throw coded(Error, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", `process.${name}() is not available in Hoist's sandbox`);
  };
}

/** Only looking whether the own process is there works: there is no other. */
export function kill(pid, signal) {
  if (pid === process.pid && signal === 0) return true;
  throw unavailable("kill")();
}

export function abort() {
  host.exit(134);
}

Object.assign(process, {
  title: "node",
  argv: [],
  argv0: "node",
  execArgv: [],
  execPath: "/var/lang/bin/node",
  env,
  pid: 8,
  ppid: 1,
  platform: "linux",
  arch: "x64",
  version: "",
  versions: {},
  release: { name: "node", lts: "Krypton" },
  features: {
    inspector: false, debug: false, uv: true, ipv6: true, openssl_is_boringssl: false, tls_alpn: true, tls_sni: true,
    tls_ocsp: true, tls: true, cached_builtins: true, require_module: true, typescript: false,
  },
  config: { target_defaults: {}, variables: {} },
  moduleLoadList: [],
  allowedNodeEnvironmentFlags: new Set(),
  // What packages ask it for is the C library: that of Lambda's Amazon Linux 2023.
  report: {
    getReport: () => ({ header: { nodejsVersion: process.version, platform: "linux", arch: "x64", glibcVersionRuntime: "2.34" }, sharedObjects: [] }),
  },
  exiting: false,
  nextTick, hrtime, exit, cwd, chdir, uptime, memoryUsage, cpuUsage, resourceUsage, umask, emitWarning, kill, abort,
  reallyExit: (code) => host.exit(code),
  getuid: () => 993, geteuid: () => 993, getgid: () => 990, getegid: () => 990, getgroups: () => [990],
  setUncaughtExceptionCaptureCallback: unavailable("setUncaughtExceptionCaptureCallback"),
  hasUncaughtExceptionCaptureCallback: () => false,
  setSourceMapsEnabled() {},
  setUncaughtException: undefined,
  binding: unavailable("binding"),
  dlopen: unavailable("dlopen"),
  constrainedMemory: () => Number(environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? 0) * 1048576,
  availableMemory: () => Math.max(0, process.constrainedMemory() - memoryUsage().rss),
  getActiveResourcesInfo: () => [],
  ref() {},
  unref() {},
});
delete process.exiting;
delete process.setUncaughtException;
Object.defineProperty(process, "_exiting", { value: false, writable: true });
Object.defineProperty(process, "exitCode", {
  get: () => exitCode,
  set(value) {
    if (value !== undefined && value !== null && !Number.isInteger(Number(value))) {
      throw new ERR_INVALID_ARG_TYPE("code", "integer", value);
    }
    exitCode = value ?? undefined;
  },
  enumerable: true,
  configurable: true,
});

process.getBuiltinModule = undefined;

/** What only the running environment knows: its variables and Node's version. */
export function start({ variables, version, argv }) {
  for (const key of Object.keys(environment)) delete environment[key];
  for (const key of Object.keys(variables)) environment[key] = `${variables[key]}`;
  process.version = version;
  const number = version.slice(1);
  const [major] = number.split(".");
  Object.assign(process.versions, {
    node: number, acorn: "8.15.0", ada: "2.9.2", modules: major === "22" ? "127" : "137", napi: "10",
    unicode: "16.0", uv: "1.51.0", v8: major === "22" ? "12.4.254.21-node.33" : "13.6.233.10-node.28",
  });
  process.release.lts = major === "22" ? "Jod" : "Krypton";
  process.argv = argv ?? [process.execPath, "/var/runtime/index.mjs"];
  process.features.typescript = false;
}

export default process;
