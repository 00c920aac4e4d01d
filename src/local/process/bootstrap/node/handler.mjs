// Finding the user's handler: `folder/module.property.handler`, in the order of Lambda's runtime client.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import process from "node:process";
import {
  CallbackHandlerDeprecated,
  HandlerNotFound,
  ImportModuleError,
  MalformedHandlerName,
  MalformedStreamingHandler,
  UserCodeSyntaxError,
} from "./errors.mjs";

const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");
const HIGH_WATER_MARK = Symbol.for("aws.lambda.runtime.handler.streaming.highWaterMark");

// Messages about missing modules name who asked for them: in Lambda that is this file.
const require = createRequire(new URL("./index.mjs", import.meta.url));

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

/** Whether the nearest package.json says that `.js` is an ES module. */
function isModuleFolder(folder) {
  if (folder.endsWith("/node_modules")) return false;
  const file = resolve(folder, "package.json");
  if (existsSync(file)) {
    try {
      return JSON.parse(readFileSync(file, "utf8"))?.type === "module";
    } catch (error) {
      console.warn(`${file} cannot be read, it will be ignored for ES module detection purposes.`, error);
      return false;
    }
  }
  const parent = dirname(folder);
  return parent !== folder && isModuleFolder(parent);
}

/** Since Node 24 Lambda takes TypeScript; Node itself can strip its types since 22.18. */
const takesTypeScript = Boolean(process.features.typescript);

const required = (file) => (existsSync(file) ? require(file) : undefined);
const imported = (file) => (existsSync(file) ? import(pathToFileURL(file).href) : undefined);

async function loadModule(taskRoot, root, module) {
  const file = resolve(taskRoot, root, module);
  const isModule = isModuleFolder(dirname(file));
  const tried =
    required(file) ||
    (!isModule && required(`${file}.js`)) ||
    (isModule && (await imported(`${file}.js`))) ||
    (await imported(`${file}.mjs`)) ||
    required(`${file}.cjs`) ||
    (takesTypeScript &&
      ((!isModule && required(`${file}.ts`)) ||
        (isModule && (await imported(`${file}.ts`))) ||
        (await imported(`${file}.mts`)) ||
        required(`${file}.cts`)));
  if (tried) return tried;
  return require(require.resolve(module, { paths: [taskRoot, resolve(taskRoot, root)] }));
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

const find = (app, properties) => properties.reduce((value, property) => value && value[property], app);

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
 * Loads the handler that `text` names. `major` is the major version of the function's runtime: since 24 there are no
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
