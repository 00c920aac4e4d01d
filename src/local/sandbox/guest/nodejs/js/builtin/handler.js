// Finding the user's handler: `folder/module.property.handler`, in the order of Lambda's runtime client.

import process from "node:process";
import { resolve } from "node:path";
import { requireFile, requireFrom, resolveFrom } from "hoist:commonjs";
import { importFile } from "hoist:esm";
import { readModuleIfAny } from "hoist:module-source";
import {
  CallbackHandlerDeprecated,
  HandlerNotFound,
  ImportModuleError,
  MalformedHandlerName,
  MalformedStreamingHandler,
  UserCodeSyntaxError,
} from "hoist:errors";

const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");
const HIGH_WATER_MARK = Symbol.for("aws.lambda.runtime.handler.streaming.highWaterMark");

/** Splits `a/b/index.nested.handler` into the folder, the module and the path of properties in it. */
function split(text) {
  if (text.includes("..")) {
    throw new MalformedHandlerName(
      `'${text}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const end = text.lastIndexOf("/") + 1;
  const name = text.slice(end);
  const dot = name.indexOf(".");
  if (dot === -1) throw new MalformedHandlerName("Bad handler");
  return { root: text.slice(0, end), module: name.slice(0, dot), properties: name.slice(dot + 1).split(".") };
}

/**
 * The extensions of a handler's file in Lambda's order. TypeScript comes last: Lambda has it since Node 24,
 * but in every runtime it is what SAM compiles with esbuild before it deploys. `.tsx` is there for its error.
 */
const EXTENSIONS = [
  ["", "require"],
  [".js", "import"],
  [".mjs", "import"],
  [".cjs", "require"],
  [".ts", "import"],
  [".mts", "import"],
  [".cts", "require"],
  [".tsx", "import"],
];

/** Loads the module of the handler: a value, or the promise of a namespace. */
async function loadModule(taskRoot, root, module) {
  const path = resolve(taskRoot, root, module);
  for (const [extension, kind] of EXTENSIONS) {
    const file = path + extension;
    const definition = readModuleIfAny(file, kind);
    if (definition === undefined) continue;
    // What exports nothing is passed over.
    const loaded = definition.kind === "module" ? await importFile(file, definition) : requireFile(file, definition);
    if (loaded) return loaded;
  }
  return requireFrom(resolveFrom(module, [taskRoot, resolve(taskRoot, root)]));
}

async function loadApp(taskRoot, root, module) {
  try {
    return await loadModule(taskRoot, root, module);
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserCodeSyntaxError(error);
    if (error?.code === "MODULE_NOT_FOUND") throw new ImportModuleError(error);
    throw error;
  }
}

function find(app, properties) {
  let value = app;
  for (const property of properties) value = value && value[property];
  return value;
}

function metadata(handler) {
  const streaming = handler[STREAMING];
  if (streaming && streaming !== "response") {
    throw new MalformedStreamingHandler("Only response streaming is supported.");
  }
  const highWaterMark = parseInt(handler[HIGH_WATER_MARK], 10);
  return {
    handler,
    isStreaming: Boolean(streaming),
    highWaterMark: Number.isNaN(highWaterMark) ? undefined : highWaterMark,
    isAsync: handler.constructor?.name === "AsyncFunction",
  };
}

/**
 * Loads the handler that `text` names. `major` is the major version of Node: since 24 there are no
 * handlers with a callback.
 */
export async function loadHandler(taskRoot, text, major) {
  const { root, module, properties } = split(text);
  const app = await loadApp(taskRoot, root, module);
  let handler = find(app, properties);
  if (!handler && major >= 24 && app !== null && typeof app === "object" && "default" in app) {
    handler = find(app.default, properties);
  }
  if (!handler) throw new HandlerNotFound(`${text} is undefined or not exported`);
  if (typeof handler !== "function") throw new HandlerNotFound(`${text} is not a function`);
  const found = metadata(handler);
  if (major >= 24 && handler.length >= 3 && !found.isStreaming) {
    throw new CallbackHandlerDeprecated(
      "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You " +
        "need to modify this function to use a supported handler signature to use Node.js 24 or later. For more " +
        "information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.",
    );
  }
  return found;
}

/** The global `awslambda`, which marks handlers that stream their answer. */
export function installGlobal(HttpResponseStream) {
  const off = process.env.AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA;
  if (off === "1" || off === "true") return;
  globalThis.awslambda = {
    streamifyResponse(handler, options) {
      handler[STREAMING] = "response";
      if (typeof options?.highWaterMark === "number") handler[HIGH_WATER_MARK] = parseInt(options.highWaterMark, 10);
      return handler;
    },
    HttpResponseStream,
  };
}
