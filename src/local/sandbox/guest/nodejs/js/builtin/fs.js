// `node:fs`.

import { Buffer } from "node:buffer";
import { setImmediate } from "node:timers";
import { constants } from "hoist:fs-host";
import { BigIntStats, Dirent, Stats } from "hoist:fs-stats";
import * as sync from "hoist:fs-sync";
import { ReadStream, WriteStream, createReadStream, createWriteStream } from "hoist:fs-streams";
import promises from "node:fs/promises";
import { Dir } from "hoist:fs-dir";
import { ERR_INVALID_ARG_TYPE } from "__wasm_rquickjs_builtin/internal/errors";

const promisify = Symbol.for("nodejs.util.promisify.custom");

/** Calls `callback` later with the result of `run`; wrong arguments throw at once, as in Node. */
function later(callback, run, results = (value) => [value]) {
  if (typeof callback !== "function") throw new ERR_INVALID_ARG_TYPE("cb", "function", callback);
  let outcome;
  try {
    const value = run();
    outcome = value === undefined ? [null] : [null, ...results(value)];
  } catch (error) {
    if (/^ERR_(INVALID_ARG|OUT_OF_RANGE)/.test(error.code)) throw error;
    outcome = [error];
  }
  setImmediate(callback, ...outcome);
}

/** The function with a callback for a synchronous one. */
function withCallback(name) {
  const run = sync[`${name}Sync`];
  return { [name]: (...args) => later(args.pop(), () => run(...args)) }[name];
}

const fs = { constants, promises, Stats, BigIntStats, Dirent, Dir, ReadStream, WriteStream, createReadStream, createWriteStream };
for (const name of Object.keys(sync)) {
  fs[name] = sync[name];
  fs[name.slice(0, -4)] = withCallback(name.slice(0, -4));
}
fs.FileReadStream = ReadStream;
fs.FileWriteStream = WriteStream;
fs.realpath.native = fs.realpath;

fs.exists = function exists(path, callback) {
  if (typeof callback !== "function") throw new ERR_INVALID_ARG_TYPE("cb", "function", callback);
  setImmediate(callback, sync.existsSync(path));
};
Object.defineProperty(fs.exists, promisify, { value: async (path) => sync.existsSync(path) });

fs.read = function read(fd, ...args) {
  const callback = args.pop();
  if (!ArrayBuffer.isView(args[0])) args = [args[0]?.buffer ?? Buffer.alloc(16384), args[0] ?? {}];
  later(callback, () => sync.readSync(fd, ...args), (count) => [count, args[0]]);
};
Object.defineProperty(fs.read, promisify, {
  value: async (fd, buffer, ...args) => ({ bytesRead: sync.readSync(fd, buffer, ...args), buffer }),
});
fs.write = function write(fd, data, ...args) {
  const callback = args.pop();
  later(callback, () => sync.writeSync(fd, data, ...args), (count) => [count, data]);
};
Object.defineProperty(fs.write, promisify, {
  value: async (fd, buffer, ...args) => ({ bytesWritten: sync.writeSync(fd, buffer, ...args), buffer }),
});
fs.readv = (fd, buffers, ...args) => later(args.pop(), () => sync.readvSync(fd, buffers, ...args), (count) => [count, buffers]);
fs.writev = (fd, buffers, ...args) => later(args.pop(), () => sync.writevSync(fd, buffers, ...args), (count) => [count, buffers]);
fs.opendirSync = (path, options) => new Dir(path, options);
fs.opendir = (path, ...args) => later(args.pop(), () => new Dir(path, ...args));
fs.openAsBlob = async (path, options) => new Blob([sync.readFileSync(path)], options);

for (const name of ["chown", "fchown", "lchown", "lchmod", "link", "lutimes", "glob"]) {
  const unavailable = () => {
    throw new Error(`fs.${name} is not available in Hoist's sandbox`);
  };
  fs[name] = unavailable;
  fs[`${name}Sync`] = unavailable;
}
for (const name of ["watch", "watchFile", "unwatchFile"]) {
  fs[name] = () => {
    throw new Error(`fs.${name} is not available in Hoist's sandbox: nothing changes files but the function itself`);
  };
}
for (const name of ["F_OK", "R_OK", "W_OK", "X_OK"]) fs[name] = constants[name];

export { constants, promises };
export const { readFileSync } = fs;
export default fs;
