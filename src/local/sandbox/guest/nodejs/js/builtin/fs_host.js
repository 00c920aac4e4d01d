// Files through the host: paths, errors, and the calls that everything in `node:fs` comes down to.

import host from "hoist:host";
import { cwd } from "node:process";
import { fileURLToPath } from "node:url";
import { Buffer } from "node:buffer";
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } from "__wasm_rquickjs_builtin/internal/errors";

const { parse, stringify } = JSON;
const NO_BYTES = new Uint8Array(0);

export const constants = Object.assign(Object.create(null), {
  UV_FS_SYMLINK_DIR: 1, UV_FS_SYMLINK_JUNCTION: 2, O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2, UV_DIRENT_UNKNOWN: 0,
  UV_DIRENT_FILE: 1, UV_DIRENT_DIR: 2, UV_DIRENT_LINK: 3, UV_DIRENT_FIFO: 4, UV_DIRENT_SOCKET: 5, UV_DIRENT_CHAR: 6,
  UV_DIRENT_BLOCK: 7, EXTENSIONLESS_FORMAT_JAVASCRIPT: 0, EXTENSIONLESS_FORMAT_WASM: 1, S_IFMT: 61440, S_IFREG: 32768,
  S_IFDIR: 16384, S_IFCHR: 8192, S_IFBLK: 24576, S_IFIFO: 4096, S_IFLNK: 40960, S_IFSOCK: 49152, O_CREAT: 64, O_EXCL: 128,
  UV_FS_O_FILEMAP: 0, O_NOCTTY: 256, O_TRUNC: 512, O_APPEND: 1024, O_DIRECTORY: 65536, O_NOATIME: 262144,
  O_NOFOLLOW: 131072, O_SYNC: 1052672, O_DSYNC: 4096, O_DIRECT: 16384, O_NONBLOCK: 2048, S_IRWXU: 448, S_IRUSR: 256,
  S_IWUSR: 128, S_IXUSR: 64, S_IRWXG: 56, S_IRGRP: 32, S_IWGRP: 16, S_IXGRP: 8, S_IRWXO: 7, S_IROTH: 4, S_IWOTH: 2,
  S_IXOTH: 1, F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1, UV_FS_COPYFILE_EXCL: 1, COPYFILE_EXCL: 1, UV_FS_COPYFILE_FICLONE: 2,
  COPYFILE_FICLONE: 2, UV_FS_COPYFILE_FICLONE_FORCE: 4, COPYFILE_FICLONE_FORCE: 4,
});

/** An error as the system reports it, with Node's words and members. */
export function systemError({ code, errno, syscall, message, path, dest }) {
  let text = `${code}: ${message}, ${syscall}`;
  if (path !== undefined) text += ` '${path}'`;
  if (dest !== undefined) text += ` -> '${dest}'`;
  const error = new Error(text);
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  if (path !== undefined) error.path = path;
  if (dest !== undefined) error.dest = dest;
  return error;
}

/** EBADF of `syscall`. */
export function badDescriptor(syscall) {
  return systemError({ code: "EBADF", errno: -9, syscall, message: "bad file descriptor" });
}

/** The path that a program gave, as text. */
export function pathOf(value, name = "path") {
  let path = value;
  if (value !== null && typeof value === "object" && typeof value.href === "string" && typeof value.protocol === "string") {
    path = fileURLToPath(value);
  } else if (value instanceof Uint8Array) {
    path = Buffer.from(value).toString();
  }
  if (typeof path !== "string") throw new ERR_INVALID_ARG_TYPE(name, ["string", "Buffer", "URL"], value);
  if (path.includes("\0")) {
    throw new ERR_INVALID_ARG_VALUE(name, value, "must be a string, Uint8Array, or URL without null bytes");
  }
  return path;
}

/** A path for the host, which knows no working folder but `/var/task`. */
function located(path) {
  return path === "" || path.startsWith("/") || cwd() === "/var/task" ? path : `${cwd()}/${path}`;
}

/**
 * Does an operation of the host's: { value, bytes }. `paths` are given as the program wrote them, and so named
 * in errors.
 */
export function call(operation, { path, dest, ...rest }, data = NO_BYTES) {
  const given = rest;
  if (path !== undefined) given.path = located(path);
  if (dest !== undefined) given.dest = located(dest);
  const result = host.file(operation, stringify(given), data);
  if (result.tag !== "ok") {
    const error = parse(result.val);
    if (error.path !== undefined && path !== undefined && error.path === given.path) error.path = path;
    if (error.dest !== undefined && dest !== undefined && error.dest === given.dest) error.dest = dest;
    throw systemError(error);
  }
  return { value: parse(result.val[0]), bytes: result.val[1] };
}

/** Options that may be the name of an encoding. */
export function optionsOf(options, defaults) {
  if (options === null || options === undefined || typeof options === "function") return defaults;
  if (typeof options === "string") options = { encoding: options };
  else if (typeof options !== "object") throw new ERR_INVALID_ARG_TYPE("options", ["string", "Object"], options);
  if (options.encoding && options.encoding !== "buffer" && !Buffer.isEncoding(options.encoding)) {
    throw new ERR_INVALID_ARG_VALUE("encoding", options.encoding, "is invalid encoding");
  }
  return { ...defaults, ...options };
}

/** Bytes as a buffer, or as text when there is an encoding. */
export function decoded(bytes, encoding) {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return encoding && encoding !== "buffer" ? buffer.toString(encoding) : buffer;
}

/** What a program writes, as bytes. */
export function bytesOf(data, encoding) {
  if (typeof data === "string") data = Buffer.from(data, encoding || "utf8");
  if (!ArrayBuffer.isView(data)) {
    throw new ERR_INVALID_ARG_TYPE("data", ["string", "Buffer", "TypedArray", "DataView"], data);
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** A mode as a number: octal text or number. */
export function modeOf(mode, fallback) {
  if (mode === undefined || mode === null) return fallback;
  const number = typeof mode === "string" ? parseInt(mode, 8) : mode;
  if (!Number.isInteger(number)) throw new ERR_INVALID_ARG_VALUE("mode", mode, "must be a 32-bit unsigned integer or an octal string");
  return number;
}
