// Lambda's Node runtime under the machine's own node: asks for events, calls the handler, posts its answers.
//
// The model is AWS's own client, aws-lambda-nodejs-runtime-interface-client.

import process from "node:process";
import * as client from "./client.mjs";
import { installGlobal, loadHandler } from "./handler.mjs";
import { JSONStringifyError, NodeJsExit, UnhandledPromiseRejection, errorPayload } from "./errors.mjs";
import { logError, patchConsole, setRequestId } from "./log.mjs";
import { HttpResponseStream, ResponseStream } from "./response_stream.mjs";

const { parse, stringify } = JSON;
const now = Date.now;
const exit = process.exit.bind(process);
const later = setImmediate;

/** What the process ends with, as in Lambda. */
const EXIT_UNCAUGHT = 129;
const EXIT_UNHANDLED = 128;

const { env } = process;
const taskRoot = env.LAMBDA_TASK_ROOT;
/** The major version of the function's runtime, whatever the machine's node is. */
const major = parseInt(env.AWS_EXECUTION_ENV?.replace("AWS_Lambda_nodejs", ""), 10);

/** The invocation that goes on. */
let current;
/** What happens when nothing is left that could end it. */
let onEmpty;

// The first listener, as Lambda's own.
process.on("beforeExit", () => {
  const run = onEmpty;
  onEmpty = undefined;
  run?.();
});

async function end(error, status) {
  try {
    if (current === undefined) await client.failInit(errorPayload(error));
    else if (!current.isOver) await client.fail(current.id, errorPayload(error));
  } finally {
    exit(status);
  }
}

process.on("uncaughtException", (error) => {
  logError("Uncaught Exception", error);
  end(error, EXIT_UNCAUGHT);
});

process.on("unhandledRejection", (reason, promise) => {
  const error = new UnhandledPromiseRejection(reason, promise);
  logError("Unhandled Promise Rejection", error);
  end(error, EXIT_UNHANDLED);
});

/** The answer's text. */
function serialize(value) {
  try {
    return stringify(value === undefined ? null : value) ?? "null";
  } catch {
    const message = "Unable to stringify response body";
    throw major >= 24 ? new JSONStringifyError(message) : new Error(message);
  }
}

/** One invocation; only its first end counts. */
class Invocation {
  isOver = false;
  constructor(id) {
    this.id = id;
  }
  async finish(post) {
    if (this.isOver) return;
    this.isOver = true;
    onEmpty = undefined;
    await post();
    later(serve);
  }
  succeed(value) {
    let text;
    try {
      text = serialize(value);
    } catch (error) {
      return this.fail(error);
    }
    return this.finish(() => client.respond(this.id, text));
  }
  fail(error) {
    if (!this.isOver) logError("Invoke Error", error);
    return this.finish(() => client.fail(this.id, errorPayload(error)));
  }
  stream(stream) {
    return this.finish(() => client.respondStreamed(this.id, Buffer.concat(stream.chunks), stream.contentType));
  }
}

function optionalJson(text, name) {
  if (text === undefined) return undefined;
  try {
    return parse(text);
  } catch (error) {
    throw new Error(`Cannot parse ${name} as json: ${error}`);
  }
}

/** The members of the context that every version has. */
function fill(context, headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  context.functionVersion = env.AWS_LAMBDA_FUNCTION_VERSION;
  context.functionName = env.AWS_LAMBDA_FUNCTION_NAME;
  context.memoryLimitInMB = env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE;
  context.logGroupName = env.AWS_LAMBDA_LOG_GROUP_NAME;
  context.logStreamName = env.AWS_LAMBDA_LOG_STREAM_NAME;
  context.clientContext = optionalJson(headers["lambda-runtime-client-context"], "ClientContext");
  context.identity = optionalJson(headers["lambda-runtime-cognito-identity"], "CognitoIdentity");
  context.invokedFunctionArn = headers["lambda-runtime-invoked-function-arn"];
  context.awsRequestId = headers["lambda-runtime-aws-request-id"];
  context.tenantId = headers["lambda-runtime-aws-tenant-id"];
  if (major >= 24) context.xRayTraceId = headers["lambda-runtime-trace-id"];
  context.getRemainingTimeInMillis = function () {
    return deadline - now();
  };
  return context;
}

const isPromise = (value) => value && value.then && typeof value.then === "function";
const isError = (error) => error !== undefined && error !== null;

/** The callback and the context's methods up to Node 22. */
function callbacks(invocation) {
  let waitForEmptyEventLoop = true;
  let called = false;
  const once = (run) => (one, other) => {
    if (called) return;
    called = true;
    run(one, other);
  };
  const done = (error, value) => (isError(error) ? invocation.fail(error) : invocation.succeed(value));
  const callback = once((error, value) => {
    if (isError(error)) invocation.fail(error);
    else if (waitForEmptyEventLoop) onEmpty = () => later(() => invocation.succeed(value));
    else invocation.succeed(value);
  });
  const context = {
    get callbackWaitsForEmptyEventLoop() {
      return waitForEmptyEventLoop;
    },
    set callbackWaitsForEmptyEventLoop(value) {
      waitForEmptyEventLoop = value;
    },
    succeed: once((value) => done(null, value)),
    fail: once((error) => invocation.fail(isError(error) ? error : "handled")),
    done: once(done),
  };
  return { context, callback };
}

/** Calls the handler of a function with Node 22 or older. */
function callClassic(invocation, event, headers) {
  const { context, callback } = callbacks(invocation);
  onEmpty = () => (found.isAsync ? invocation.fail(new NodeJsExit()) : invocation.succeed(null));
  try {
    const returned = runtime.handler(parse(event), fill(context, headers), callback);
    if (isPromise(returned)) returned.then(context.succeed, context.fail).catch(context.fail);
  } catch (error) {
    callback(error);
  }
}

/** Calls the handler of a function with Node 24 or newer: what it returns is the answer. */
function callModern(invocation, event, headers) {
  onEmpty = () => invocation.fail(new NodeJsExit());
  try {
    const returned = runtime.handler(parse(event), fill({}, headers));
    if (isPromise(returned)) {
      returned.then(
        (value) => invocation.succeed(value),
        (error) => invocation.fail(error),
      );
    } else {
      invocation.succeed(returned);
    }
  } catch (error) {
    invocation.fail(error);
  }
}

/** Calls a handler that writes its answer to a stream. */
function callStreaming(invocation, event, headers) {
  const stream = new ResponseStream(found.highWaterMark);
  stream.on("error", (error) => invocation.fail(error));
  onEmpty = () => invocation.fail(new NodeJsExit());
  const finished = (value) => {
    if (value !== undefined) console.warn("Streaming handlers ignore return values.");
    if (stream.writableFinished) invocation.stream(stream);
    else if (stream.writableEnded) stream.once("finish", () => invocation.stream(stream));
    else invocation.fail(new Error("Response stream is not finished."));
  };
  try {
    const returned = runtime.handler(parse(event), stream, fill({}, headers));
    if (isPromise(returned)) returned.then(finished, (error) => invocation.fail(error));
    else invocation.fail(new Error("Streaming does not support non-async handlers."));
  } catch (error) {
    invocation.fail(error);
  }
}

/** What calls the handler is seen by it as `this`, and in its stack traces as `Runtime.handler`. */
class Runtime {
  constructor(handler) {
    this.handler = handler;
  }
}

let found;
let runtime;

async function serve() {
  const { headers, body } = await client.next();
  const invocation = new Invocation(headers["lambda-runtime-aws-request-id"]);
  current = invocation;
  setRequestId(invocation.id);
  const trace = headers["lambda-runtime-trace-id"];
  if (trace) env._X_AMZN_TRACE_ID = trace;
  else delete env._X_AMZN_TRACE_ID;
  if (found.isStreaming) callStreaming(invocation, body, headers);
  else if (major >= 24) callModern(invocation, body, headers);
  else callClassic(invocation, body, headers);
}

patchConsole(major);
installGlobal(HttpResponseStream);
try {
  onEmpty = () => {
    const error = new NodeJsExit();
    logError("Uncaught Exception", error);
    end(error, EXIT_UNCAUGHT);
  };
  found = await loadHandler(taskRoot, env._HANDLER, major);
  runtime = new Runtime(found.handler);
  onEmpty = undefined;
  later(serve);
} catch (error) {
  logError("Uncaught Exception", error);
  end(error, EXIT_UNCAUGHT);
}
