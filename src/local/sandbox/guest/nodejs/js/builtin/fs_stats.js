// `fs.Stats` and `fs.Dirent`.

import { constants } from "hoist:fs-host";

const TYPE = { file: constants.S_IFREG, directory: constants.S_IFDIR, symlink: constants.S_IFLNK };
const NAMES = ["dev", "mode", "nlink", "uid", "gid", "rdev", "blksize", "ino", "size", "blocks"];
const TIMES = ["atime", "mtime", "ctime", "birthtime"];

class StatsBase {
  #is(type) {
    return (Number(this.mode) & constants.S_IFMT) === type;
  }
  isDirectory() {
    return this.#is(constants.S_IFDIR);
  }
  isFile() {
    return this.#is(constants.S_IFREG);
  }
  isBlockDevice() {
    return this.#is(constants.S_IFBLK);
  }
  isCharacterDevice() {
    return this.#is(constants.S_IFCHR);
  }
  isSymbolicLink() {
    return this.#is(constants.S_IFLNK);
  }
  isFIFO() {
    return this.#is(constants.S_IFIFO);
  }
  isSocket() {
    return this.#is(constants.S_IFSOCK);
  }
}

/** What the host says of a file. */
function modeFor(value) {
  const mode = value.mode ?? 0;
  return (mode & constants.S_IFMT) === 0 ? mode | (TYPE[value.kind] ?? constants.S_IFCHR) : mode;
}

export class Stats extends StatsBase {
  constructor(value) {
    super();
    const all = { ...value, mode: modeFor(value) };
    for (const name of NAMES) this[name] = all[name] ?? 0;
    for (const name of TIMES) this[`${name}Ms`] = all[`${name}Ms`] ?? 0;
    for (const name of TIMES) this[name] = new Date(Math.round(this[`${name}Ms`]));
  }
}

export class BigIntStats extends StatsBase {
  constructor(value) {
    super();
    const all = { ...value, mode: modeFor(value) };
    for (const name of NAMES) this[name] = BigInt(Math.trunc(all[name] ?? 0));
    for (const name of TIMES) this[`${name}Ms`] = BigInt(Math.trunc(all[`${name}Ms`] ?? 0));
    for (const name of TIMES) this[`${name}Ns`] = BigInt(Math.trunc((all[`${name}Ms`] ?? 0) * 1e6));
    for (const name of TIMES) this[name] = new Date(Math.round(all[`${name}Ms`] ?? 0));
  }
}

export class Dirent {
  #kind;
  constructor(name, parentPath, kind) {
    this.name = name;
    this.parentPath = parentPath;
    Object.defineProperty(this, "path", { value: parentPath, enumerable: false, configurable: true, writable: true });
    this.#kind = kind;
  }
  isDirectory() {
    return this.#kind === "directory";
  }
  isFile() {
    return this.#kind === "file";
  }
  isSymbolicLink() {
    return this.#kind === "symlink";
  }
  isBlockDevice() {
    return false;
  }
  isCharacterDevice() {
    return false;
  }
  isFIFO() {
    return false;
  }
  isSocket() {
    return false;
  }
}
