// The synchronous functions of `node:fs`: the others are made from them.

import { bytesOf, call, constants, decoded, modeOf, optionsOf, pathOf } from "hoist:fs-host";
import { BigIntStats, Dirent, Stats } from "hoist:fs-stats";
import {
  closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, pathOrOpen, readRest, readSync, writeSync,
} from "hoist:fs-descriptors";
import { ERR_INVALID_ARG_TYPE } from "__wasm_rquickjs_builtin/internal/errors";

export { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync };
export const fdatasyncSync = fsyncSync;

export function readFileSync(path, options) {
  const { encoding } = optionsOf(options, {});
  const bytes = typeof path === "number" ? readRest(path) : call("read", { path: pathOf(path) }).bytes;
  return decoded(bytes, encoding);
}

function write(path, data, options, flag) {
  const given = optionsOf(options, { encoding: "utf8", flag, mode: 0o666 });
  const bytes = bytesOf(data, given.encoding);
  if (typeof path === "number") {
    writeSync(path, bytes);
    return;
  }
  call("write", { path: pathOf(path), flag: given.flag ?? flag, mode: modeOf(given.mode, 0o666) }, bytes);
}

export function writeFileSync(path, data, options) {
  write(path, data, options, "w");
}

export function appendFileSync(path, data, options) {
  write(path, data, options, "a");
}

function stat(operation, path, options) {
  const name = pathOf(path);
  try {
    const { value } = call(operation, { path: name });
    return options?.bigint ? new BigIntStats(value) : new Stats(value);
  } catch (error) {
    if (options?.throwIfNoEntry === false && (error.code === "ENOENT" || error.code === "ENOTDIR")) return undefined;
    throw error;
  }
}

export const statSync = (path, options) => stat("stat", path, options);
export const lstatSync = (path, options) => stat("lstat", path, options);

export function statfsSync(path, options) {
  const { value } = call("statfs", { path: pathOf(path) });
  if (!options?.bigint) return value;
  return Object.fromEntries(Object.entries(value).map(([name, number]) => [name, BigInt(number)]));
}

export function existsSync(path) {
  try {
    call("access", { path: pathOf(path) });
    return true;
  } catch {
    return false;
  }
}

export function accessSync(path, mode = constants.F_OK) {
  call("access", { path: pathOf(path), mode });
}

export function realpathSync(path, options) {
  const { encoding } = optionsOf(options, {});
  const { value } = call("realpath", { path: pathOf(path) });
  return encoding === "buffer" ? decoded(bytesOf(value.path)) : value.path;
}
realpathSync.native = realpathSync;

export function readlinkSync(path, options) {
  const { encoding } = optionsOf(options, {});
  const { value } = call("readlink", { path: pathOf(path) });
  return encoding === "buffer" ? decoded(bytesOf(value.path)) : value.path;
}

export function readdirSync(path, options) {
  const { encoding, withFileTypes, recursive } = optionsOf(options, {});
  const root = pathOf(path);
  const found = [];
  const pending = [""];
  while (pending.length > 0) {
    const inner = pending.shift();
    const folder = inner === "" ? root : `${root.replace(/\/$/, "")}/${inner}`;
    for (const { name, kind } of call("readdir", { path: folder }).value) {
      const relative = inner === "" ? name : `${inner}/${name}`;
      if (withFileTypes) found.push(new Dirent(name, folder, kind));
      else found.push(encoding === "buffer" ? decoded(bytesOf(relative)) : relative);
      if (recursive && kind === "directory") pending.push(relative);
    }
  }
  return found;
}

export function mkdirSync(path, options) {
  const { recursive = false, mode } = typeof options === "object" && options !== null ? options : { mode: options };
  const { value } = call("mkdir", { path: pathOf(path), recursive, mode: modeOf(mode, 0o777) });
  return recursive ? (value.path ?? undefined) : undefined;
}

export function mkdtempSync(prefix, options) {
  const { encoding } = optionsOf(options, {});
  const { path } = call("mkdtemp", { prefix: pathOf(prefix, "prefix") }).value;
  return encoding === "buffer" ? decoded(bytesOf(path)) : path;
}

export function rmSync(path, options) {
  call("rm", { path: pathOf(path), recursive: Boolean(options?.recursive), force: Boolean(options?.force) });
}

export function rmdirSync(path, options) {
  const name = pathOf(path);
  if (options?.recursive) call("rm", { path: name, recursive: true });
  else call("rmdir", { path: name });
}

export function unlinkSync(path) {
  call("unlink", { path: pathOf(path) });
}

export function renameSync(from, to) {
  call("rename", { path: pathOf(from, "oldPath"), dest: pathOf(to, "newPath") });
}

export function copyFileSync(from, to, mode = 0) {
  const exclusive = (mode & constants.COPYFILE_EXCL) !== 0;
  call("copy", { path: pathOf(from, "src"), dest: pathOf(to, "dest"), exclusive });
}

export function symlinkSync(target, path) {
  call("symlink", { target: pathOf(target, "target"), path: pathOf(path) });
}

export function truncateSync(path, length = 0) {
  if (typeof path === "number") ftruncateSync(path, length);
  else call("truncate", { path: pathOf(path), length: Math.max(0, length ?? 0) });
}

export function chmodSync(path, mode) {
  call("chmod", { path: pathOf(path), mode: modeOf(mode) });
}
export function fchmodSync(descriptor, mode) {
  call("chmod", { path: pathOrOpen(descriptor, "fchmod"), mode: modeOf(mode) });
}

/** Seconds since 1970 of what Node takes as a time. */
function seconds(time, name) {
  const value = time instanceof Date ? time.getTime() / 1000 : Number(time);
  if (Number.isNaN(value)) throw new ERR_INVALID_ARG_TYPE(name, ["Date", "Time in seconds"], time);
  return value;
}

export function utimesSync(path, atime, mtime) {
  call("utimes", { path: pathOf(path), atime: seconds(atime, "atime"), mtime: seconds(mtime, "mtime") });
}
export function futimesSync(descriptor, atime, mtime) {
  call("utimes", { path: pathOrOpen(descriptor, "futime"), atime: seconds(atime, "atime"), mtime: seconds(mtime, "mtime") });
}

/** Copies a file, or with `recursive` a folder and what is in it. */
export function cpSync(from, to, options = {}) {
  const source = pathOf(from, "src");
  const target = pathOf(to, "dest");
  if (options.filter && !options.filter(source, target)) return;
  const found = options.dereference ? statSync(source) : lstatSync(source);
  if (found.isDirectory()) {
    if (!options.recursive) {
      const error = new Error(`Recursive option not enabled, cannot copy a directory: ${source}`);
      error.code = "ERR_FS_EISDIR";
      throw error;
    }
    mkdirSync(target, { recursive: true });
    for (const name of readdirSync(source)) cpSync(`${source}/${name}`, `${target}/${name}`, options);
  } else if (found.isSymbolicLink()) {
    symlinkSync(readlinkSync(source), target);
  } else if (options.force !== false || !existsSync(target)) {
    mkdirSync(target.slice(0, Math.max(1, target.lastIndexOf("/"))) || "/", { recursive: true });
    copyFileSync(source, target);
  } else if (options.errorOnExist) {
    const error = new Error(`Target already exists: ${target}`);
    error.code = "ERR_FS_CP_EEXIST";
    throw error;
  }
}

/** Scatter and gather. */
export function readvSync(descriptor, buffers, position) {
  let total = 0;
  for (const buffer of buffers) {
    const count = readSync(descriptor, buffer, 0, buffer.byteLength, typeof position === "number" ? position + total : null);
    total += count;
    if (count < buffer.byteLength) break;
  }
  return total;
}
export function writevSync(descriptor, buffers, position) {
  let total = 0;
  for (const buffer of buffers) {
    total += writeSync(descriptor, buffer, 0, buffer.byteLength, typeof position === "number" ? position + total : null);
  }
  return total;
}
