// `node:module`.

import { Module } from "hoist:commonjs";
import process from "node:process";
import { builtinExports, findBuiltin, isBuiltin } from "hoist:module-source";

/** The builtin `id`, or undefined when there is none. */
process.getBuiltinModule = function getBuiltinModule(id) {
  if (!isBuiltin(`${id}`)) return undefined;
  try {
    return builtinExports(findBuiltin(`${id}`, "require"));
  } catch {
    return undefined;
  }
};

export default Module;
