// The log of Lambda's Node runtimes: `console` writes records with time, request and level.

import process from "node:process";
import console from "node:console";
import { format } from "__wasm_rquickjs_builtin/internal/util/inspect";
import { writeRecord } from "hoist:stdio";
import { errorText } from "hoist:errors";

const REQUEST_ID = Symbol.for("aws.lambda.runtime.requestId");
const { stringify } = JSON;
const toISOString = Date.prototype.toISOString;
const DateNow = Date;
const { apply } = Reflect;

const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

const timestamp = () => apply(toISOString, new DateNow(), []);

/** Sets the request that records belong to. */
export function setRequestId(id) {
  globalThis[REQUEST_ID] = id;
}

function logText(level, args) {
  // Without arguments Lambda's client logs `undefined`.
  const message = args.length === 0 ? "undefined" : args.length === 1 && typeof args[0] === "string" ? args[0] : format(...args);
  writeRecord(`${timestamp()}\t${globalThis[REQUEST_ID]}\t${level}\t${message}\n`);
}

function errorFields(error) {
  return { errorType: error?.constructor?.name ?? "UnknownError", errorMessage: error.message };
}

function replaceErrors(key, value) {
  if (!(value instanceof Error)) return value;
  const stackTrace = typeof value.stack === "string" ? value.stack.split("\n") : value.stack;
  return Object.assign({ ...errorFields(value), stackTrace }, value);
}

function jsonRecord(level, args) {
  const record = { timestamp: timestamp(), level, requestId: globalThis[REQUEST_ID] };
  if (args.length < 2) {
    record.message = args[0];
    try {
      return stringify(record, replaceErrors);
    } catch {
      record.message = format(args[0]);
      return stringify(record);
    }
  }
  record.message = format(...args);
  // The client of Node 24 overlooks an error that comes first.
  const error = args.find((argument, index) => argument instanceof Error && (index > 0 || !isModern));
  if (error !== undefined) {
    Object.assign(record, errorFields(error), {
      stackTrace: typeof error.stack === "string" ? error.stack.split("\n") : [],
    });
  }
  return stringify(record);
}

function logJson(level, args) {
  writeRecord(`${jsonRecord(level, args)}\n`);
}

let log = logText;
let isJson = false;
let isModern = false;

/** Replaces the methods of the global console by those of Lambda's runtime client. */
export function patchConsole(major) {
  isModern = major >= 24;
  isJson = process.env.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === "JSON";
  log = isJson ? logJson : logText;
  const wanted = LEVELS.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL?.toUpperCase());
  const method = (level) => {
    if (LEVELS.indexOf(level) < wanted) return () => {};
    return (...args) => log(level, args);
  };
  console.trace = method("TRACE");
  console.debug = method("DEBUG");
  console.info = method("INFO");
  console.log = console.info;
  console.warn = method("WARN");
  console.error = method("ERROR");
  console.fatal = (...args) => log("FATAL", args);
}

/** Logs an error that ends an invocation: `Invoke Error`, `Uncaught Exception`, … */
export function logError(title, error) {
  const shown = error instanceof Error ? error : new Error(error);
  if (isJson) console.error(shown);
  else console.error(title, errorText(shown));
}
