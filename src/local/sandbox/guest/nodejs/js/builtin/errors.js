// Errors of Lambda's Node runtimes, and how any error is written as a payload and into the log.

import * as types from "__wasm_rquickjs_builtin/internal/util/types";

const { stringify } = JSON;
const { isNativeError } = types;
const split = String.prototype.split;
const { apply } = Reflect;

class RuntimeError extends Error {}

/** An error class of the runtime: its instances are named `Runtime.<name>`. */
function runtimeError(name) {
  const Type = { [name]: class extends RuntimeError {} }[name];
  Object.defineProperty(Type.prototype, "name", { value: `Runtime.${name}`, writable: true, configurable: true });
  return Type;
}

export const ImportModuleError = runtimeError("ImportModuleError");
export const HandlerNotFound = runtimeError("HandlerNotFound");
export const MalformedHandlerName = runtimeError("MalformedHandlerName");
export const CallbackHandlerDeprecated = runtimeError("CallbackHandlerDeprecated");
export const JSONStringifyError = runtimeError("JSONStringifyError");
export const MalformedStreamingHandler = runtimeError("MalformedStreamingHandler");
export const InvalidStreamingOperation = runtimeError("InvalidStreamingOperation");

const SyntaxBase = runtimeError("UserCodeSyntaxError");
/** A module that does not parse; the stack says where. */
export class UserCodeSyntaxError extends SyntaxBase {
  constructor(error) {
    super(error);
    const place = error.hoistPlace;
    if (place !== undefined) this.stack = `${this.name}: ${this.message}\n    at ${place}`;
    else if (typeof error.stack === "string") {
      const frames = error.stack.indexOf("\n    at ");
      this.stack = `${this.name}: ${this.message}${frames === -1 ? "" : error.stack.slice(frames)}`;
    }
  }
}
Object.defineProperty(UserCodeSyntaxError, "name", { value: "UserCodeSyntaxError" });

const ExitBase = runtimeError("NodeJsExit");
/** The loop of an async handler is empty, and its promise is still open. */
export class NodeJsExit extends ExitBase {
  constructor() {
    super(
      "The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes",
    );
  }
}
Object.defineProperty(NodeJsExit, "name", { value: "NodeJsExit" });

const RejectionBase = runtimeError("UnhandledPromiseRejection");
export class UnhandledPromiseRejection extends RejectionBase {
  constructor(reason, promise) {
    super(reason);
    this.reason = reason;
    this.promise = promise;
  }
}

function looksLikeError(value) {
  return Boolean(value && value.name && value.message && value.stack && typeof value.name === "string" &&
    typeof value.message === "string" && typeof value.stack === "string");
}

function payload(error) {
  try {
    if (isNativeError(error) || looksLikeError(error)) {
      return { errorType: error.name, errorMessage: error.message, trace: apply(split, error.stack, ["\n"]) };
    }
    return { errorType: typeof error, errorMessage: error.toString(), trace: [] };
  } catch {
    return {
      errorType: "handled",
      errorMessage:
        "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack",
    };
  }
}

/** The JSON that Lambda answers for `error`. */
export function errorPayload(error) {
  return stringify(payload(error));
}

function withFields(key, value) {
  if (!(value instanceof Error)) return value;
  const out = Object.assign({ errorType: value.name, errorMessage: value.message, code: value.code }, value);
  if (typeof value.stack === "string") out.stack = apply(split, value.stack, ["\n"]);
  return out;
}

/** The line of the log that describes `error`: a tab and JSON. */
export function errorText(error) {
  try {
    return `\t${stringify(error, withFields)}`;
  } catch {
    return `\t${errorPayload(error)}`;
  }
}
