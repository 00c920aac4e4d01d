// `fs.createReadStream` and `fs.createWriteStream`.

import { Readable, Writable } from "node:stream";
import { Buffer } from "node:buffer";
import { nextTick } from "node:process";
import { optionsOf, pathOf } from "hoist:fs-host";
import { closeSync, openSync, readSync, writeSync } from "hoist:fs-sync";
import { ERR_OUT_OF_RANGE } from "__wasm_rquickjs_builtin/internal/errors";

/** Bytes that are read at once. */
const CHUNK = 64 * 1024;

/** What both have: the file is opened a tick later, and closed at the end. */
function setUp(stream, path, options, flags) {
  stream.fd = options.fd === undefined || options.fd === null ? null : Number(options.fd.fd ?? options.fd);
  stream.path = stream.fd === null || path ? path : undefined;
  stream.flags = options.flags ?? flags;
  stream.mode = options.mode ?? 0o666;
  stream.pending = stream.fd === null;
}

function openStream(stream, callback) {
  if (stream.fd !== null) {
    callback();
    return;
  }
  try {
    stream.fd = openSync(stream.path, stream.flags, stream.mode);
  } catch (error) {
    callback(error);
    return;
  }
  stream.pending = false;
  callback();
  nextTick(() => {
    stream.emit("open", stream.fd);
    stream.emit("ready");
  });
}

function closeStream(stream, error, callback) {
  const { fd } = stream;
  stream.fd = null;
  if (fd !== null && stream.autoClose) {
    try {
      closeSync(fd);
    } catch (failure) {
      callback(error ?? failure);
      return;
    }
  }
  callback(error);
}

export class ReadStream extends Readable {
  constructor(path, options) {
    const given = optionsOf(options, {});
    const { start, end } = given;
    for (const [name, value] of [["start", start], ["end", end]]) {
      if (value !== undefined && !(value >= 0)) throw new ERR_OUT_OF_RANGE(name, ">= 0", value);
    }
    super({
      highWaterMark: given.highWaterMark ?? CHUNK,
      encoding: given.encoding,
      autoDestroy: given.autoClose !== false,
      emitClose: given.emitClose !== false,
      signal: given.signal,
    });
    this.autoClose = given.autoClose !== false;
    this.start = start;
    this.end = end ?? Infinity;
    this.pos = start;
    this.bytesRead = 0;
    setUp(this, path === null || path === undefined ? path : pathOf(path), given, "r");
  }
  _construct(callback) {
    openStream(this, callback);
  }
  _read(size) {
    const left = this.pos === undefined ? this.end - this.bytesRead + 1 : this.end - this.pos + 1;
    const length = Math.min(size, left);
    if (length <= 0) {
      this.push(null);
      return;
    }
    const buffer = Buffer.allocUnsafeSlow(length);
    try {
      const count = readSync(this.fd, buffer, 0, length, this.pos ?? null);
      if (this.pos !== undefined) this.pos += count;
      this.bytesRead += count;
      this.push(count === 0 ? null : buffer.subarray(0, count));
    } catch (error) {
      this.destroy(error);
    }
  }
  _destroy(error, callback) {
    closeStream(this, error, callback);
  }
  close(callback) {
    if (callback) this.once("close", callback);
    this.destroy();
  }
}

export class WriteStream extends Writable {
  constructor(path, options) {
    const given = optionsOf(options, {});
    super({
      highWaterMark: given.highWaterMark,
      decodeStrings: true,
      defaultEncoding: given.encoding,
      autoDestroy: given.autoClose !== false,
      emitClose: given.emitClose !== false,
      signal: given.signal,
    });
    this.autoClose = given.autoClose !== false;
    this.start = given.start;
    this.pos = given.start;
    this.bytesWritten = 0;
    setUp(this, path === null || path === undefined ? path : pathOf(path), given, given.start > 0 ? "r+" : "w");
  }
  _construct(callback) {
    openStream(this, callback);
  }
  _write(chunk, encoding, callback) {
    try {
      const count = writeSync(this.fd, chunk, 0, chunk.length, this.pos ?? null);
      this.bytesWritten += count;
      if (this.pos !== undefined) this.pos += count;
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  }
  _destroy(error, callback) {
    closeStream(this, error, callback);
  }
  close(callback) {
    if (callback) {
      if (this.closed) nextTick(callback);
      else this.once("close", callback);
    }
    if (!this.writableFinished) this.end();
    else this.destroy();
  }
}

export const createReadStream = (path, options) => new ReadStream(path, options);
export const createWriteStream = (path, options) => new WriteStream(path, options);
