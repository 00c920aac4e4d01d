// `node:fs/promises`: the synchronous functions, with their results in promises.

import EventEmitter from "node:events";
import { Buffer } from "node:buffer";
import { constants, optionsOf } from "hoist:fs-host";
import * as sync from "hoist:fs-sync";
import { createReadStream, createWriteStream } from "hoist:fs-streams";
import { Dir } from "hoist:fs-dir";

/** A descriptor, or the path itself. */
const plain = (file) => (file instanceof FileHandle ? file.fd : file);

/** An open file of `fs.promises.open`. */
export class FileHandle extends EventEmitter {
  #fd;
  constructor(fd) {
    super();
    this.#fd = fd;
  }
  get fd() {
    return this.#fd;
  }
  async appendFile(data, options) {
    sync.appendFileSync(this.#fd, data, options);
  }
  async chmod(mode) {
    sync.fchmodSync(this.#fd, mode);
  }
  async close() {
    if (this.#fd === -1) return;
    const fd = this.#fd;
    this.#fd = -1;
    sync.closeSync(fd);
    this.emit("close");
  }
  async datasync() {
    sync.fsyncSync(this.#fd);
  }
  async sync() {
    sync.fsyncSync(this.#fd);
  }
  async read(buffer, offset, length, position) {
    if (!ArrayBuffer.isView(buffer)) {
      ({ buffer = Buffer.alloc(16384), offset, length, position } = buffer ?? {});
    }
    return { bytesRead: sync.readSync(this.#fd, buffer, offset, length, position), buffer };
  }
  async readv(buffers, position) {
    return { bytesRead: sync.readvSync(this.#fd, buffers, position), buffers };
  }
  async readFile(options) {
    return sync.readFileSync(this.#fd, options);
  }
  async *readLines(options) {
    let rest = "";
    for await (const chunk of createReadStream(null, { ...optionsOf(options, {}), fd: this.#fd, encoding: "utf8" })) {
      const lines = (rest + chunk).split(/\r?\n/);
      rest = lines.pop();
      yield* lines;
    }
    if (rest !== "") yield rest;
  }
  async stat(options) {
    return sync.fstatSync(this.#fd, options);
  }
  async truncate(length) {
    sync.ftruncateSync(this.#fd, length);
  }
  async utimes(atime, mtime) {
    sync.futimesSync(this.#fd, atime, mtime);
  }
  async write(buffer, offset, length, position) {
    return { bytesWritten: sync.writeSync(this.#fd, buffer, offset, length, position), buffer };
  }
  async writev(buffers, position) {
    return { bytesWritten: sync.writevSync(this.#fd, buffers, position), buffers };
  }
  async writeFile(data, options) {
    sync.writeFileSync(this.#fd, await collected(data), options);
  }
  createReadStream(options) {
    return createReadStream(null, { ...optionsOf(options, {}), fd: this.#fd });
  }
  createWriteStream(options) {
    return createWriteStream(null, { ...optionsOf(options, {}), fd: this.#fd });
  }
  async [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]() {
    await this.close();
  }
}

/** Data that may come in pieces. */
async function collected(data) {
  if (typeof data === "string" || ArrayBuffer.isView(data)) return data;
  if (typeof data?.[Symbol.asyncIterator] !== "function" && typeof data?.[Symbol.iterator] !== "function") return data;
  const chunks = [];
  for await (const chunk of data) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** A function that rejects where the synchronous one throws. */
function promised(name) {
  const run = sync[`${name}Sync`];
  return { [name]: async (...args) => run(...args) }[name];
}

const promises = { constants };
for (const name of ["access", "copyFile", "cp", "lstat", "mkdir", "mkdtemp", "readdir", "readlink", "realpath", "rename", "rm",
  "rmdir", "stat", "statfs", "symlink", "truncate", "unlink", "utimes", "chmod"]) {
  promises[name] = promised(name);
}
promises.open = async (path, flags, mode) => new FileHandle(sync.openSync(path, flags, mode));
promises.opendir = async (path, options) => new Dir(path, options);
promises.readFile = async (path, options) => {
  options?.signal?.throwIfAborted();
  return sync.readFileSync(plain(path), options);
};
promises.writeFile = async (path, data, options) => {
  options?.signal?.throwIfAborted();
  sync.writeFileSync(plain(path), await collected(data), options);
};
promises.appendFile = async (path, data, options) => sync.appendFileSync(plain(path), data, options);
for (const name of ["chown", "lchown", "lchmod", "link", "lutimes", "watch", "glob"]) {
  promises[name] = async () => {
    throw new Error(`fs.promises.${name} is not available in Hoist's sandbox`);
  };
}

export default promises;
