// `node:timers/promises`.

import * as timers from "node:timers";
import { ERR_INVALID_ARG_TYPE } from "__wasm_rquickjs_builtin/internal/errors";

/** The error of an operation that a signal ended. */
function aborted(signal) {
  const error = new Error("The operation was aborted", { cause: signal.reason });
  error.name = "AbortError";
  error.code = "ABORT_ERR";
  return error;
}

/** The error of options that are none, or undefined. */
function fault(options) {
  if (options !== undefined && (options === null || typeof options !== "object")) {
    return new ERR_INVALID_ARG_TYPE("options", "Object", options);
  }
  const { signal, ref } = options ?? {};
  if (signal !== undefined && (signal === null || typeof signal !== "object" || !("aborted" in signal))) {
    return new ERR_INVALID_ARG_TYPE("options.signal", "AbortSignal", signal);
  }
  if (ref !== undefined && typeof ref !== "boolean") return new ERR_INVALID_ARG_TYPE("options.ref", "boolean", ref);
  return undefined;
}

/** A promise that `start(resolve)` settles later; `stop` undoes what it started. */
function waiting(options, start, stop) {
  const wrong = fault(options);
  if (wrong !== undefined) return Promise.reject(wrong);
  const { signal, ref = true } = options ?? {};
  if (signal?.aborted) return Promise.reject(aborted(signal));
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      stop(handle);
      reject(aborted(signal));
    };
    const handle = start((value) => {
      signal?.removeEventListener("abort", onAbort);
      resolve(value);
    });
    if (!ref) handle.unref();
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

export function setTimeout(delay, value, options) {
  return waiting(options, (done) => timers.setTimeout(() => done(value), delay), timers.clearTimeout);
}

export function setImmediate(value, options) {
  return waiting(options, (done) => timers.setImmediate(() => done(value)), timers.clearImmediate);
}

export async function* setInterval(delay, value, options) {
  const wrong = fault(options);
  if (wrong !== undefined) throw wrong;
  const { signal, ref = true } = options ?? {};
  if (signal?.aborted) throw aborted(signal);
  let passed = 0;
  let waiter;
  const interval = timers.setInterval(() => {
    passed++;
    waiter?.resolve();
  }, delay);
  if (!ref) interval.unref();
  const onAbort = () => waiter?.reject(aborted(signal));
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    for (;;) {
      if (signal?.aborted) throw aborted(signal);
      if (passed === 0) {
        waiter = Promise.withResolvers();
        await waiter.promise;
        waiter = undefined;
      }
      for (; passed > 0; passed--) yield value;
    }
  } finally {
    timers.clearInterval(interval);
    signal?.removeEventListener("abort", onAbort);
  }
}

export const scheduler = {
  wait: (delay, options) => setTimeout(delay, undefined, options),
  yield: () => setImmediate(),
};

export default { setTimeout, setImmediate, setInterval, scheduler };
