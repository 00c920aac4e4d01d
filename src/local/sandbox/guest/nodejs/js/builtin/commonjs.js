// CommonJS: `require` and the class `Module`.

import {
  builtinExports,
  builtinModules,
  coded,
  evaluateText,
  findBuiltin,
  isBuiltin,
  parseJsonModule,
  readModule,
  resolvePath,
} from "hoist:module-source";
import { importModule, requireModule } from "hoist:esm";
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } from "__wasm_rquickjs_builtin/internal/errors";

const { apply } = Reflect;

/** Lambda's runtime client: the module that requires the handler's. */
const MAIN = "/var/runtime/index.mjs";

function dirname(path) {
  const end = path.lastIndexOf("/");
  return end <= 0 ? "/" : path.slice(0, end);
}

export function Module(id = "", parent) {
  this.id = id;
  this.path = dirname(id);
  this.exports = {};
  Object.defineProperty(this, "parent", { value: parent, writable: true, configurable: true });
  this.filename = null;
  this.loaded = false;
  this.children = [];
  parent?.children?.push(this);
}

Module._cache = Object.create(null);
Module._pathCache = Object.create(null);
Module._extensions = Object.create(null);
Module.globalPaths = ["/opt/nodejs/node_modules", "/var/runtime/node_modules"];
Module.builtinModules = builtinModules;
Module.isBuiltin = isBuiltin;
Module.Module = Module;

/** Folders that hold packages for a module in `from`. */
Module._nodeModulePaths = function _nodeModulePaths(from) {
  const paths = [];
  for (let folder = from; ; folder = dirname(folder)) {
    if (!folder.endsWith("/node_modules")) paths.push(folder === "/" ? "/node_modules" : `${folder}/node_modules`);
    if (folder === "/") return paths;
  }
};

Module._resolveLookupPaths = function _resolveLookupPaths(request, parent) {
  if (findableBuiltin(request)) return null;
  if (/^\.{1,2}(\/|$)/.test(request)) return [parent?.filename ? dirname(parent.filename) : "."];
  return [...(parent?.paths ?? []), ...Module.globalPaths];
};

function findableBuiltin(request) {
  return isBuiltin(request);
}

/** The files whose `require` calls led to `parent`, nearest first. */
function requireStack(parent) {
  const stack = [];
  for (let module = parent; module; module = module.parent) {
    if (stack.includes(module.filename || module.id)) break;
    stack.push(module.filename || module.id);
  }
  if (stack.at(-1) !== MAIN) stack.push(MAIN);
  return stack;
}

function withRequireStack(error, parent) {
  if (error?.code !== "MODULE_NOT_FOUND" || error.requireStack !== undefined) return error;
  const stack = requireStack(parent);
  const found = coded("MODULE_NOT_FOUND", `${error.message}\nRequire stack:\n- ${stack.join("\n- ")}`);
  found.requireStack = stack;
  return found;
}

Module._resolveFilename = function _resolveFilename(request, parent, isMain, options) {
  try {
    if (findBuiltin(request, "require") !== undefined) return request;
    if (Array.isArray(options?.paths)) return resolveIn(request, options.paths);
    return resolvePath(request, parent?.filename ?? `${dirname(MAIN)}/_`, "require");
  } catch (error) {
    throw withRequireStack(error, parent);
  }
};

/** `require.resolve` with `paths`: each is looked into as if a module were there. */
function resolveIn(request, paths) {
  let failure;
  for (const path of paths) {
    try {
      return resolvePath(request, `${path.endsWith("/") ? path.slice(0, -1) : path}/_`, "require");
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
      failure ??= error;
    }
  }
  throw failure ?? coded("MODULE_NOT_FOUND", `Cannot find module '${request}'`);
}

Module._load = function _load(request, parent, isMain) {
  const filename = Module._resolveFilename(request, parent, isMain);
  const cached = Module._cache[filename];
  if (cached !== undefined) {
    if (parent && !parent.children.includes(cached)) parent.children.push(cached);
    return cached.exports;
  }
  if (!filename.startsWith("/")) return builtinExports(findBuiltin(filename, "require"));
  return loadInto(new Module(filename, parent), filename, parent, isMain);
};

/** Loads a new module; one that throws leaves no trace. */
function loadInto(module, filename, parent, isMain) {
  if (isMain) {
    setMain(module);
    module.id = ".";
  }
  Module._cache[filename] = module;
  let failed = true;
  try {
    module.load(filename);
    failed = false;
  } finally {
    if (failed) {
      delete Module._cache[filename];
      const at = parent?.children?.indexOf(module) ?? -1;
      if (at !== -1) parent.children.splice(at, 1);
    }
  }
  return module.exports;
}

let main;
function setMain(module) {
  main = module;
}

Module.prototype.load = function load(filename) {
  this.filename = filename;
  this.paths = Module._nodeModulePaths(dirname(filename));
  const end = filename.lastIndexOf(".");
  const extension = end > filename.lastIndexOf("/") ? filename.slice(end) : ".js";
  (Module._extensions[extension] ?? Module._extensions[".js"])(this, filename);
  this.loaded = true;
};

Module.prototype.require = function require(id) {
  if (typeof id !== "string") throw new ERR_INVALID_ARG_TYPE("id", "string", id);
  if (id === "") throw new ERR_INVALID_ARG_VALUE("id", id, "must be a non-empty string");
  return Module._load(id, this, false);
};

/** Runs `content` as the text of this module: what loaders that compile call. */
Module.prototype._compile = function _compile(content, filename) {
  const parameters = "exports,require,module,__filename,__dirname";
  return run(this, evaluateText(`(function(${parameters}){${content}\n})`, filename, "commonjs"), filename);
};

function run(module, wrapper, filename) {
  const require = makeRequire(module);
  const { exports } = module;
  return apply(wrapper, exports, [exports, require, module, filename, dirname(filename), {
    import: (specifier, options) => importModule(specifier, filename, options),
  }]);
}

/** What was read already: of the handler's module. */
const definitions = new Map();

Module._extensions[".js"] = function js(module, filename) {
  const definition = definitions.get(filename) ?? readModule(filename, "require");
  definitions.delete(filename);
  if (definition.kind === "json") {
    module.exports = parseJsonModule(definition.code, filename);
  } else if (definition.kind === "module") {
    module.exports = requireModule(filename, definition);
  } else {
    run(module, evaluateText(definition.code, filename, "commonjs"), filename);
  }
};
Module._extensions[".json"] = function json(module, filename) {
  module.exports = parseJsonModule(readModule(filename, "require").code, filename);
};
Module._extensions[".node"] = function node(module, filename) {
  const name = packageOf(filename);
  const what = name === undefined ? "a native addon" : `a native addon of the package ${name}`;
  throw coded(
    "ERR_DLOPEN_FAILED",
    `${filename} is ${what}, and Hoist's sandbox runs none; --process runs the function outside of it`,
  );
};

/** The name of the package that a file below `node_modules` belongs to. */
function packageOf(filename) {
  const start = filename.lastIndexOf("/node_modules/");
  return start === -1 ? undefined : /^(?:@[^/]+\/)?[^/]+/.exec(filename.slice(start + "/node_modules/".length))[0];
}

/** The function `require` of one module. */
function makeRequire(module) {
  const require = function require(id) {
    return module.require(id);
  };
  require.resolve = function resolve(request, options) {
    if (typeof request !== "string") throw new ERR_INVALID_ARG_TYPE("request", "string", request);
    return Module._resolveFilename(request, module, false, options);
  };
  require.resolve.paths = (request) => Module._resolveLookupPaths(request, module);
  require.main = main;
  require.extensions = Module._extensions;
  require.cache = Module._cache;
  return require;
}

/** A `require` for the file or file URL `filename`. */
Module.createRequire = function createRequire(filename) {
  let path = filename;
  if (typeof filename === "object" && typeof filename?.href === "string") path = filename.href;
  if (typeof path === "string" && path.startsWith("file://")) path = decodeURIComponent(path.slice(7));
  if (typeof path !== "string" || !path.startsWith("/")) {
    throw new ERR_INVALID_ARG_VALUE("filename", filename, "must be a file URL object, file URL string, or absolute path string");
  }
  const module = new Module(path.endsWith("/") ? `${path}noop.js` : path);
  module.filename = module.id;
  module.paths = Module._nodeModulePaths(module.path);
  return makeRequire(module);
};

Module.wrapper = ["(function (exports, require, module, __filename, __dirname) { ", "\n});"];
Module.wrap = (script) => Module.wrapper[0] + script + Module.wrapper[1];
Module._initPaths = () => {};
Module._preloadModules = () => {};
Module.syncBuiltinESMExports = () => {};
Module.findSourceMap = () => undefined;
Module.register = () => {
  throw coded("ERR_METHOD_NOT_IMPLEMENTED", "module.register() is not available in Hoist's sandbox yet");
};
Module.runMain = () => {};
Module.enableCompileCache = () => ({ status: 3 });
Module.getCompileCacheDir = () => undefined;
Module.constants = { compileCacheStatus: { FAILED: 0, ENABLED: 1, ALREADY_ENABLED: 2, DISABLED: 3 } };

/** The module in whose name Lambda's runtime client requires the handler. */
const runtime = new Module(MAIN);
runtime.filename = MAIN;
runtime.paths = Module._nodeModulePaths("/var/runtime");

/** `require` of Lambda's runtime client. */
export function requireFrom(path) {
  return Module._load(path, runtime, false);
}

/** `require` of a file that was read. */
export function requireFile(path, definition) {
  definitions.set(path, definition);
  return loadInto(new Module(path, runtime), path, runtime, false);
}

/** `require.resolve` of Lambda's runtime client, below `paths`. */
export function resolveFrom(request, paths) {
  return Module._resolveFilename(request, runtime, false, { paths });
}
