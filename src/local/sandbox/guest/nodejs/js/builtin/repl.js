// `node:repl`: nobody types.

import { builtinModules } from "hoist:module-source";
import { throwingAll, throwingClasses } from "hoist:unavailable";
import { EventEmitter } from "node:events";
import { inspect } from "node:util";

function Recoverable(error) {
  this.err = error;
}
Object.setPrototypeOf(Recoverable.prototype, SyntaxError.prototype);
Object.setPrototypeOf(Recoverable, SyntaxError);

export default {
  ...throwingAll("repl", "start", "nobody types there"),
  writer: (value) => inspect(value),
  isValidSyntax(code) {
    try {
      new Function(code);
      return true;
    } catch {
      return false;
    }
  },
  ...throwingClasses("repl", "REPLServer", EventEmitter, "nobody types there"),
  Recoverable,
  REPL_MODE_SLOPPY: Symbol("repl-sloppy"),
  REPL_MODE_STRICT: Symbol("repl-strict"),
  builtinModules,
};
