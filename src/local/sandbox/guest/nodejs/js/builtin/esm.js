// ES modules: records with namespaces, linked and evaluated as the standard says, except that siblings
// which await at their top level run one after the other.

import {
  builtinExports,
  coded,
  evaluateText,
  fileUrl,
  findBuiltin,
  parseJsonModule,
  readModule,
  resolvePath,
} from "hoist:module-source";
import { Module } from "hoist:commonjs";

const { defineProperty, ownKeys } = Reflect;

/** Records by path or builtin name. */
const records = new Map();

/** Takes the records of files out; gives their paths and the function that puts them back. */
export function takeRecords() {
  const files = [...records].filter(([path]) => path.startsWith("/"));
  for (const [path] of files) records.delete(path);
  return {
    paths: files.map(([path]) => path),
    putBack() {
      for (const [path, record] of files) records.set(path, record);
    },
  };
}

function dirname(path) {
  const end = path.lastIndexOf("/");
  return end <= 0 ? "/" : path.slice(0, end);
}

/** Where the vendored `util.inspect` looks for the values of a namespace, which has getters here. */
const BINDINGS = Symbol.for("wasm-rquickjs.vm.namespaceBindings");

function bindingsOf(namespace) {
  const bindings = Object.create(null);
  for (const name of Object.keys(namespace)) {
    try {
      bindings[name] = { initialized: true, value: namespace[name] };
    } catch {
      bindings[name] = { initialized: false };
    }
  }
  return bindings;
}

/** An object like a namespace, without its exports. */
function emptyNamespace() {
  const namespace = Object.create(null);
  defineProperty(namespace, Symbol.toStringTag, { value: "Module" });
  defineProperty(namespace, BINDINGS, { get: () => bindingsOf(namespace) });
  return namespace;
}

function define(namespace, name, get, configurable) {
  defineProperty(namespace, name, { get, set: undefined, enumerable: true, configurable });
}

/** The record of a value that is there already: a builtin or JSON. */
function valueRecord(path, value, names) {
  const namespace = emptyNamespace();
  for (const name of [...names, "default"].sort()) {
    define(namespace, name, name === "default" ? () => value : () => value[name], false);
  }
  return { path, kind: "value", namespace, status: "evaluated", exports: new Set([...names, "default"]) };
}

/** Names that a CommonJS value offers to `import { … }`. */
function namesOf(value) {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return [];
  const names = Object.keys(value).filter((name) => name !== "default");
  if (Object.hasOwn(value, "__esModule") && !names.includes("__esModule")) names.push("__esModule");
  return names;
}

function builtinRecord(name) {
  let record = records.get(name);
  if (record === undefined) {
    const value = builtinExports(name);
    record = valueRecord(name, value, namesOf(value));
    records.set(name, record);
  }
  return record;
}

/** Finds what `specifier` names in the module `from` and gives its record, read but not linked. */
function requestRecord(specifier, from, type) {
  const builtin = findBuiltin(specifier, "import");
  if (builtin !== undefined) return builtinRecord(builtin);
  const path = resolvePath(specifier, from, "import");
  if (!path.startsWith("/")) return builtinRecord(findBuiltin(path, "import"));
  const record = records.get(path) ?? fileRecord(path, readModule(path, "import"));
  checkType(record, type);
  return record;
}

function checkType(record, type) {
  if (record.kind === "json" && type !== "json") {
    throw coded("ERR_IMPORT_ATTRIBUTE_MISSING",
      `Module "${fileUrl(record.path)}" needs an import attribute of "type: json"`, TypeError);
  }
  if (record.kind !== "json" && type === "json") {
    throw coded("ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE",
      `Module "${fileUrl(record.path)}" is not of type "json"`, TypeError);
  }
}

/** A new record of a file, with the records of all it requests. */
function fileRecord(path, definition) {
  if (definition.kind === "json") {
    const record = valueRecord(path, parseJsonModule(definition.code, path), []);
    record.kind = "json";
    records.set(path, record);
    return record;
  }
  const record = {
    path,
    kind: definition.kind,
    definition,
    namespace: emptyNamespace(),
    status: "new",
    exports: undefined,
    getters: undefined,
    requests: [],
    error: undefined,
    promise: undefined,
    asynchronous: false,
  };
  records.set(path, record);
  if (definition.kind === "module") {
    try {
      record.requests = definition.requests.map((specifier, index) =>
        requestRecord(specifier, path, definition.types?.[index]));
    } catch (error) {
      records.delete(path);
      throw error;
    }
  }
  return record;
}

/** All names a module exports; a CommonJS module's are known once it has run. */
function exportNames(record, seen = new Set()) {
  if (record.exports !== undefined) return record.exports;
  if (record.kind !== "module" || seen.has(record)) return new Set();
  seen.add(record);
  const names = new Set(record.definition.exports);
  const ambiguous = new Set();
  const origins = new Map();
  for (const star of record.definition.stars) {
    const source = record.requests[star];
    for (const name of exportNames(source, seen)) {
      if (name === "default" || record.definition.exports.includes(name)) continue;
      const origin = originOf(source, name);
      if (origins.has(name) && origins.get(name) !== origin) ambiguous.add(name);
      origins.set(name, origin);
      names.add(name);
    }
  }
  for (const name of ambiguous) names.delete(name);
  return names;
}

/** The record that `name` comes from through `export *`. */
function originOf(record, name, seen = new Set()) {
  if (record.kind !== "module" || record.definition.exports.includes(name) || seen.has(record)) return record;
  seen.add(record);
  for (const star of record.definition.stars) {
    if (exportNames(record.requests[star]).has(name)) return originOf(record.requests[star], name, seen);
  }
  return record;
}

/** Whether the names of everything `record` takes names from are known. */
function hasPendingNames(record, seen = new Set()) {
  if (record.kind === "commonjs") return record.status !== "evaluated";
  if (record.kind !== "module" || seen.has(record)) return false;
  seen.add(record);
  return record.definition.stars.some((star) => hasPendingNames(record.requests[star], seen));
}

/** Gives the namespaces of `record` and of all below their names, and checks what is imported. */
function link(record) {
  if (record.status !== "new") return;
  record.status = "linked";
  if (record.kind !== "module") return;
  for (const request of record.requests) link(request);
  for (const request of record.requests) record.asynchronous ||= request.asynchronous;
  record.asynchronous ||= record.definition.async;
  if (!hasPendingNames(record)) fillNamespace(record);
  checkImports(record, (request) => !hasPendingNames(request));
}

function fillNamespace(record) {
  if (record.exports !== undefined) return;
  record.exports = exportNames(record);
  const own = new Set(record.definition.exports);
  for (const name of [...record.exports].sort()) {
    if (own.has(name)) {
      // Its own getter may stand there already, for good.
      if (record.getters !== undefined) continue;
      define(record.namespace, name, () => {
        if (record.getters === undefined) throw new ReferenceError(`Cannot access '${name}' before initialization`);
        return record.getters[name]();
      }, true);
    } else {
      const source = record.definition.stars.map((star) => record.requests[star])
        .find((request) => exportNames(request).has(name));
      define(record.namespace, name, () => source.namespace[name], false);
    }
  }
}

function checkImports(record, isKnown) {
  for (const [index, name] of record.definition.imports ?? []) {
    const request = record.requests[index];
    if (!isKnown(request) || exportNames(request).has(name)) continue;
    const specifier = record.definition.requests[index];
    if (request.kind === "commonjs") {
      throw new SyntaxError(
        `Named export '${name}' not found. The requested module '${specifier}' is a CommonJS module, which may ` +
          "not support all module.exports as named exports.\nCommonJS modules can always be imported via the " +
          `default export, for example using:\n\nimport pkg from '${specifier}';\nconst { ${name} } = pkg;\n`,
      );
    }
    throw new SyntaxError(`The requested module '${specifier}' does not provide an export named '${name}'`);
  }
}

/** Runs a CommonJS module and takes over its exports. */
function evaluateCommonJs(record) {
  record.status = "evaluating";
  let module = Module._cache[record.path];
  if (module === undefined) {
    module = new Module(record.path);
    Module._cache[record.path] = module;
    let failed = true;
    try {
      module.load(record.path);
      failed = false;
    } finally {
      if (failed) {
        delete Module._cache[record.path];
        records.delete(record.path);
      }
    }
  }
  const value = module.exports;
  const names = namesOf(value);
  record.exports = new Set([...names, "default"]);
  for (const name of [...record.exports].sort()) {
    define(record.namespace, name, name === "default" ? () => module.exports : () => value[name], false);
  }
  record.status = "evaluated";
}

/**
 * Runs the function of an ES module: a promise when it awaits at its top level.
 *
 * The function calls `exports` first of all. When nothing in the graph awaits, `imports` evaluates what it
 * imports only there: in a cycle that finds the functions which this module declares.
 */
function runBody(record, imports) {
  const { definition, path } = record;
  const url = fileUrl(path);
  const body = evaluateText(definition.code, url, "module");
  definition.code = undefined;
  return body({
    imports: record.requests.map((request) => request.namespace),
    exports(getters) {
      record.getters = getters;
      for (const name of ownKeys(getters)) define(record.namespace, name, getters[name], false);
      imports();
      fillNamespace(record);
      checkImports(record, () => true);
      Object.preventExtensions(record.namespace);
    },
    meta: importMeta(path, url),
    import: (specifier, options) => importModule(specifier, path, options),
  });
}

function importMeta(path, url) {
  return Object.assign(Object.create(null), {
    dirname: dirname(path),
    filename: path,
    main: false,
    resolve(specifier) {
      const builtin = findBuiltin(`${specifier}`, "import");
      return builtin ?? fileUrl(resolvePath(`${specifier}`, path, "import"));
    },
    url,
  });
}

/** Evaluates a graph in which nothing awaits. */
function evaluateSync(record) {
  if (record.status === "failed") throw record.error;
  if (record.status !== "linked") return;
  if (record.kind === "commonjs") {
    evaluateCommonJs(record);
    return;
  }
  record.status = "evaluating";
  try {
    runBody(record, () => {
      for (const request of record.requests) evaluateSync(request);
    });
    record.status = "evaluated";
  } catch (error) {
    record.status = "failed";
    record.error = error;
    throw error;
  }
}

/** Evaluates a graph in which something awaits. */
async function evaluateAsync(record, above = []) {
  if (record.status === "failed") throw record.error;
  // In a cycle the module above waits for this one already.
  if (above.includes(record)) return undefined;
  if (record.promise !== undefined) return record.promise;
  if (record.status !== "linked") return undefined;
  record.status = "evaluating";
  record.promise = (async () => {
    try {
      for (const request of record.requests) {
        if (request.asynchronous) await evaluateAsync(request, [...above, record]);
        else evaluateSync(request);
      }
      await runBody(record, () => {});
      record.status = "evaluated";
    } catch (error) {
      record.status = "failed";
      record.error = error;
      throw error;
    }
  })();
  return record.promise;
}

/** `import(specifier)` in the module `from`. */
export async function importModule(specifier, from, options) {
  const record = requestRecord(`${specifier}`, from, (options?.with ?? options?.assert)?.type);
  return importRecord(record);
}

/** `import()` of a file that was read. */
export async function importFile(path, definition) {
  return importRecord(records.get(path) ?? fileRecord(path, definition));
}

async function importRecord(record) {
  link(record);
  if (record.asynchronous) await evaluateAsync(record);
  else evaluateSync(record);
  return record.namespace;
}

/** `require` of an ES module. */
export function requireModule(path, definition) {
  const record = records.get(path) ?? fileRecord(path, definition);
  link(record);
  if (record.asynchronous && record.status !== "evaluated") {
    throw coded("ERR_REQUIRE_ASYNC_MODULE",
      "require() cannot be used on an ESM graph with top-level await. Use import() instead. To see where the" +
        " top-level await comes from, use --experimental-print-required-tla.");
  }
  if (record.status === "evaluating") {
    throw coded("ERR_REQUIRE_CYCLE_MODULE", `Cannot require() ES Module ${path} in a cycle.`);
  }
  evaluateSync(record);
  const { namespace, exports } = record;
  if (exports.has("module.exports")) return namespace["module.exports"];
  if (!exports.has("default") || exports.has("__esModule")) return namespace;
  // So that code compiled from ES modules finds the default export where it looks for it.
  const marked = emptyNamespace();
  for (const name of exports) define(marked, name, () => namespace[name], false);
  defineProperty(marked, "__esModule", { value: true, enumerable: true });
  return marked;
}
