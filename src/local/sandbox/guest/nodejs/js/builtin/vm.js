// `node:vm`: code in this context can run; there are no others.

import { place } from "hoist:stack";
import { throwingAll } from "hoist:unavailable";
import { ERR_INVALID_ARG_TYPE } from "__wasm_rquickjs_builtin/internal/errors";

const WHY = "its engine has one context";
const indirectEval = globalThis.eval;
const filenameOf = (options) => (typeof options === "string" ? options : options?.filename) ?? "evalmachine.<anonymous>";

function runInThisContext(code, options) {
  if (typeof code !== "string") throw new ERR_INVALID_ARG_TYPE("code", "string", code);
  return indirectEval(place(code, filenameOf(options)));
}

class Script {
  #code;
  #options;
  constructor(code, options) {
    this.#code = `${code}`;
    this.#options = options;
    // A fault of its syntax is thrown now; the body never runs here.
    new Function(this.#code);
    this.cachedDataRejected = undefined;
    this.sourceMapURL = /\/\/[#@] sourceMappingURL=(\S+)/.exec(this.#code)?.[1];
  }
  runInThisContext() {
    return runInThisContext(this.#code, this.#options);
  }
  createCachedData() {
    return Buffer.alloc(0);
  }
}
for (const [name, value] of Object.entries(throwingAll("vm", "runInContext runInNewContext", WHY))) {
  Object.defineProperty(Script.prototype, name, { value, writable: true, configurable: true });
}

function compileFunction(code, parameters = [], options = {}) {
  if (options.parsingContext !== undefined || options.contextExtensions?.length > 0) {
    throwingAll("vm", "compileFunction", WHY).compileFunction();
  }
  return indirectEval(place(`(function (${parameters.join(",")}) {${code}\n})`, filenameOf(options)));
}

export default {
  Script,
  createScript: (code, options) => new Script(code, options),
  runInThisContext,
  isContext(object) {
    if (object === null || typeof object !== "object") throw new ERR_INVALID_ARG_TYPE("object", "Object", object);
    return false;
  },
  compileFunction,
  ...throwingAll("vm", "createContext runInContext runInNewContext measureMemory", WHY),
  constants: {
    __proto__: null,
    USE_MAIN_CONTEXT_DEFAULT_LOADER: Symbol("vm_dynamic_import_main_context_default"),
    DONT_CONTEXTIFY: Symbol("vm_context_no_contextify"),
  },
};
