// The world's two exports: the runtime client of Lambda, without its HTTP.
//
// Whatever goes wrong is answered as { tag: "err" }: an exception that leaves an export would be a trap.
// An error text that begins with `!` says that Lambda's process would have ended with it.

import { tidy } from "hoist:garbage";
import process, { start } from "node:process";
import { installGlobal, loadHandler } from "hoist:handler";
import { HttpResponseStream, ResponseStream } from "hoist:response-stream";
import { JSONStringifyError, NodeJsExit, UnhandledPromiseRejection, errorPayload } from "hoist:errors";
import { logError, patchConsole, setRequestId } from "hoist:log";
import { markHandler } from "hoist:stack";
import { reseed } from "hoist:random";
import { resetClock } from "hoist:globals";
import { reset as resetContext } from "node:async_hooks";
import * as loop from "hoist:loop";

const { parse, stringify } = JSON;
const { apply, defineProperty } = Reflect;
const then = Promise.prototype.then;
const NativePromise = Promise;
const now = Date.now;

/** Promise jobs that an invocation may take before the loop is asked: most handlers need no more. */
const FREE_JOBS = 6;

let settings;
let major = 0;
let found;
/** `this` of handlers. */
const runtime = {};

const answer = (val) => ({ tag: "ok", val });
const failure = (error) => ({ tag: "err", val: errorPayload(error) });
const fatal = (error) => ({ tag: "err", val: `!${errorPayload(error)}` });

/** What is going on: `result` is set once it is over. */
let current = { result: undefined };

function finish(result) {
  if (current.result !== undefined) return;
  current.result = result;
  loop.wake();
}

const isFinished = () => current.result !== undefined;

loop.onUncaught((error) => {
  try {
    logError("Uncaught Exception", error);
    // The process ends whatever listeners do, as Lambda's own listener ends it.
    process.emit("uncaughtException", error, "uncaughtException");
  } catch {
    // A listener that throws changes nothing.
  }
  finish(fatal(error));
});

loop.onUnhandled((reason, promise) => {
  const error = new UnhandledPromiseRejection(reason, promise);
  try {
    logError("Unhandled Promise Rejection", error);
    process.emit("unhandledRejection", reason, promise);
  } catch {
    // As above.
  }
  finish(fatal(error));
});

/** Waits until `current` is over; false when nothing is left that could end it. */
async function settle() {
  for (let jobs = 0; jobs < FREE_JOBS; jobs++) {
    if (current.result !== undefined) return true;
    await undefined;
  }
  return current.result !== undefined || loop.run(isFinished);
}

/** A promise that stays one when the program changes `Promise.prototype`: the engine's glue calls its `then`. */
function sealed(promise) {
  defineProperty(promise, "then", { value: then });
  return promise;
}

/** Prepares the environment and loads the handler. */
export const load = (text) => sealed(prepare(text));

/** Runs the handler once. */
export const invoke = (event, context) => sealed(run(event, context));

async function prepare(text) {
  current = { result: undefined };
  try {
    loop.newTurn();
    settings = parse(text);
    major = parseInt(settings.nodeVersion.slice(1), 10);
    reseed();
    resetClock();
    start({ variables: settings.env, version: settings.nodeVersion, argv: settings.argv });
    setRequestId(undefined);
    patchConsole(major);
    installGlobal(HttpResponseStream);
    const loading = loadHandler(settings.taskRoot, settings.handler, major);
    apply(then, loading, [
      (metadata) => {
        found = metadata;
        markHandler(metadata.handler);
        finish(answer(undefined));
      },
      (error) => {
        logError("Uncaught Exception", error);
        finish(fatal(error));
      },
    ]);
    if (!(await settle())) {
      const error = new NodeJsExit();
      logError("Uncaught Exception", error);
      finish(fatal(error));
    }
  } catch (error) {
    finish(fatal(error));
  }
  const { result } = current;
  return result.tag === "ok" ? result : { tag: "err", val: result.val.slice(1) };
}

/** The answer's text. */
function serialize(value) {
  try {
    return stringify(value === undefined ? null : value) ?? "null";
  } catch {
    const message = "Unable to stringify response body";
    throw major >= 24 ? new JSONStringifyError(message) : new Error(message);
  }
}

function succeed(value) {
  if (current.result !== undefined) return;
  let text;
  try {
    text = serialize(value);
  } catch (error) {
    fail(error);
    return;
  }
  finish(answer(text));
}

function fail(error) {
  if (current.result !== undefined) return;
  logError("Invoke Error", error);
  finish(failure(error));
}

function optionalJson(text, name) {
  if (text === undefined || text === null) return undefined;
  if (typeof text !== "string") return text;
  try {
    return parse(text);
  } catch (error) {
    throw new Error(`Cannot parse ${name} as json: ${error}`);
  }
}

/** The members of the context that every version has. */
function fill(context, given) {
  const { env } = process;
  const deadline = given.deadlineMs;
  context.functionVersion = env.AWS_LAMBDA_FUNCTION_VERSION;
  context.functionName = env.AWS_LAMBDA_FUNCTION_NAME;
  context.memoryLimitInMB = env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE;
  context.logGroupName = env.AWS_LAMBDA_LOG_GROUP_NAME;
  context.logStreamName = env.AWS_LAMBDA_LOG_STREAM_NAME;
  context.clientContext = optionalJson(given.clientContext, "ClientContext");
  context.identity = optionalJson(given.identity, "CognitoIdentity");
  context.invokedFunctionArn = given.invokedFunctionArn;
  context.awsRequestId = given.awsRequestId;
  context.tenantId = given.tenantId;
  if (major >= 24) context.xRayTraceId = given.traceId;
  context.getRemainingTimeInMillis = function () {
    return deadline - now();
  };
  return context;
}

/**
 * The callback and the context's methods up to Node 22. `invocation.onEmpty` is what happens when the loop
 * is empty before the invocation is over.
 */
function callbacks(invocation) {
  let waitForEmptyEventLoop = true;
  let called = false;
  const once = (run) => (one, other) => {
    if (called || current !== invocation) return;
    called = true;
    run(one, other);
  };
  const isError = (error) => error !== undefined && error !== null;
  const done = (error, value) => (isError(error) ? fail(error) : succeed(value));
  const callback = once((error, value) => {
    if (isError(error)) fail(error);
    else if (waitForEmptyEventLoop) invocation.onEmpty = () => succeed(value);
    else succeed(value);
  });
  const context = {
    get callbackWaitsForEmptyEventLoop() {
      return waitForEmptyEventLoop;
    },
    set callbackWaitsForEmptyEventLoop(value) {
      waitForEmptyEventLoop = value;
    },
    succeed: once((value) => done(null, value)),
    fail: once((error) => (isError(error) ? fail(error) : fail("handled"))),
    done: once(done),
  };
  return { context, callback };
}

const isPromise = (value) => value && value.then && typeof value.then === "function";

function observe(promise, onValue, onError) {
  if (promise instanceof NativePromise) apply(then, promise, [onValue, onError]);
  else promise.then(onValue, onError);
}

/** Calls the handler of a function with Node 22 or older. */
function callClassic(invocation, event, given) {
  const { context, callback } = callbacks(invocation);
  invocation.onEmpty = () => {
    if (!found.isAsync) succeed(null);
    else fail(new NodeJsExit());
  };
  try {
    const returned = apply(found.handler, runtime, [parse(event), fill(context, given), callback]);
    if (isPromise(returned)) observe(returned, context.succeed, context.fail);
  } catch (error) {
    callback(error);
  }
}

/** Calls the handler of a function with Node 24 or newer: what it returns is the answer. */
function callModern(invocation, event, given) {
  invocation.onEmpty = () => fail(new NodeJsExit());
  try {
    const returned = apply(found.handler, runtime, [parse(event), fill({}, given)]);
    const mine = (run) => (value) => current === invocation && run(value);
    if (isPromise(returned)) observe(returned, mine(succeed), mine(fail));
    else succeed(returned);
  } catch (error) {
    fail(error);
  }
}

/** Calls a handler that writes its answer to a stream. */
function callStreaming(invocation, event, given) {
  const stream = new ResponseStream(found.highWaterMark);
  stream.on("error", (error) => current === invocation && fail(error));
  invocation.onEmpty = () => fail(new NodeJsExit());
  const end = (value) => {
    if (current !== invocation) return;
    if (value !== undefined) console.warn("Streaming handlers ignore return values.");
    if (stream.writableFinished) finish(answer(stream.text()));
    else if (stream.writableEnded) stream.once("finish", () => finish(answer(stream.text())));
    else fail(new Error("Response stream is not finished."));
  };
  try {
    const returned = apply(found.handler, runtime, [parse(event), stream, fill({}, given)]);
    if (isPromise(returned)) observe(returned, end, (error) => current === invocation && fail(error));
    else fail(new Error("Streaming does not support non-async handlers."));
  } catch (error) {
    fail(error);
  }
}

async function run(event, contextText) {
  tidy();
  const invocation = { result: undefined, onEmpty: undefined };
  current = invocation;
  try {
    loop.newTurn();
    resetContext();
    const given = parse(contextText);
    setRequestId(given.awsRequestId);
    if (given.traceId) process.env._X_AMZN_TRACE_ID = given.traceId;
    else delete process.env._X_AMZN_TRACE_ID;
    // What was due while the environment was frozen comes first.
    if (loop.hasDue()) await loop.runDue(isFinished);
    if (invocation.result === undefined) {
      if (found.isStreaming) callStreaming(invocation, event, given);
      else if (major >= 24) callModern(invocation, event, given);
      else callClassic(invocation, event, given);
    }
    while (!(await settle())) {
      // Lambda's own listener was there first.
      invocation.onEmpty();
      loop.callback(() => process.emit("beforeExit", process.exitCode ?? 0));
    }
    if (loop.hasImmediates()) await loop.runDue(() => false);
  } catch (error) {
    finish(failure(error));
  }
  return invocation.result;
}
