// `node:stream/web`.

import builtins from "hoist:builtins";
import * as streams from "__wasm_rquickjs_builtin/webstreams_wrapper";

const inspect = Symbol.for("nodejs.util.inspect.custom");

/** As Node shows them: not what they are made of. */
function shownAs(Class, members) {
  Object.defineProperty(Class.prototype, inspect, {
    value(depth, options, show) {
      if (depth < 0) return this;
      return `${this.constructor.name} ${show(members(this), { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
    },
    writable: true,
    configurable: true,
  });
}
shownAs(streams.ReadableStream, (stream) => ({
  locked: stream.locked, state: stream._state, supportsBYOB: "_byobRequest" in (stream._readableStreamController ?? {}),
}));
shownAs(streams.WritableStream, (stream) => ({ locked: stream.locked, state: stream._state }));

const web = { ...streams };
for (const name of ["CompressionStream", "DecompressionStream"]) {
  Object.defineProperty(web, name, {
    get: () => builtins.evaluate("hoist:compression-stream")[name], enumerable: true, configurable: true,
  });
}

export default web;
