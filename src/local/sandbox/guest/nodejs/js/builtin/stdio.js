// `process.stdout`, `process.stderr` and `process.stdin`.

import host from "hoist:host";
import process from "node:process";
import { Readable, Writable } from "node:stream";
import { encodeUtf8 } from "hoist:encoding";
import { Buffer } from "node:buffer";

/** Writes at once, in order, as Node does for files and pipes. */
class Output extends Writable {
  constructor(fd) {
    super({ decodeStrings: false });
    this.fd = fd;
    this._type = "pipe";
    this._isStdio = true;
  }
  _write(chunk, encoding, callback) {
    writeTo(this.fd, chunk, encoding);
    callback();
  }
  // Closing them would take the log away from everything else.
  _destroy(error, callback) {
    callback(error);
  }
  destroySoon() {
    this.destroy();
  }
}

function writeTo(fd, chunk, encoding) {
  let bytes = chunk;
  if (typeof chunk === "string") {
    bytes = encoding === "utf8" || encoding === "utf-8" || encoding === undefined
      ? encodeUtf8(chunk.toWellFormed())
      : Buffer.from(chunk, encoding);
  }
  host.write(fd, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

/** Writes one record of text to standard output. */
export function writeRecord(text) {
  host.write(3, encodeUtf8(text.toWellFormed()));
}

/** Standard input of a function is empty. */
class Input extends Readable {
  constructor() {
    super();
    this.fd = 0;
  }
  _read() {
    this.push(null);
  }
}

const streams = {
  stdout: () => new Output(1),
  stderr: () => new Output(2),
  stdin: () => new Input(),
};
for (const name of Object.keys(streams)) {
  const stream = streams[name]();
  Object.defineProperty(process, name, { get: () => stream, enumerable: true, configurable: true });
}
