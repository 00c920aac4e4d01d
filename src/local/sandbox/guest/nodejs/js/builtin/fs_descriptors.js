// Open files. The host keeps none open: a descriptor is a path, a position, and what may be done.

import { badDescriptor, bytesOf, call, constants, modeOf, pathOf, systemError } from "hoist:fs-host";
import { Stats, BigIntStats } from "hoist:fs-stats";
import host from "hoist:host";
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } from "__wasm_rquickjs_builtin/internal/errors";

/** Most open files of an environment in Lambda. */
const MOST = 1024;
/** Descriptors below are standard input, output and error. */
const FIRST = 20;

const open = new Map();

function accessOf(flags) {
  if (typeof flags === "number") {
    const way = flags & 3;
    return { read: way !== constants.O_WRONLY, write: way !== 0, append: (flags & constants.O_APPEND) !== 0 };
  }
  if (typeof flags !== "string" || !/^(r|rs|sr|w|wx|xw|a|ax|xa|as|sa)\+?$/.test(flags)) {
    throw new ERR_INVALID_ARG_VALUE("flags", flags);
  }
  const plus = flags.includes("+");
  return { read: plus || flags.includes("r"), write: plus || !flags.includes("r"), append: flags.includes("a") };
}

export function openSync(path, flags = "r", mode) {
  const name = pathOf(path);
  const access = accessOf(flags ?? "r");
  if (open.size >= MOST) {
    throw systemError({ code: "EMFILE", errno: -24, syscall: "open", message: "too many open files", path: name });
  }
  const { value } = call("open", { path: name, flag: flags ?? "r", mode: modeOf(mode, 0o666) });
  let descriptor = FIRST;
  while (open.has(descriptor)) descriptor++;
  open.set(descriptor, { path: name.startsWith("/") ? name : call("realpath", { path: name }).value.path, position: 0, kind: value.kind, ...access });
  return descriptor;
}

function fileOf(descriptor, syscall) {
  if (typeof descriptor !== "number") throw new ERR_INVALID_ARG_TYPE("fd", "number", descriptor);
  if (!Number.isInteger(descriptor) || descriptor < 0) throw new ERR_OUT_OF_RANGE("fd", ">= 0 && <= 2147483647", descriptor);
  const file = open.get(descriptor);
  if (file === undefined) throw badDescriptor(syscall);
  return file;
}

/** The path of an open file, or the path that was given instead of a descriptor. */
export function pathOrOpen(value, syscall) {
  return typeof value === "number" ? fileOf(value, syscall).path : pathOf(value);
}

export function closeSync(descriptor) {
  fileOf(descriptor, "close");
  open.delete(descriptor);
}

/** Reads into `buffer`: how many bytes there were. */
export function readSync(descriptor, buffer, offsetOrOptions, length, position) {
  let offset = offsetOrOptions;
  if (offset !== null && typeof offset === "object") ({ offset, length, position } = offset);
  if (!ArrayBuffer.isView(buffer)) throw new ERR_INVALID_ARG_TYPE("buffer", ["Buffer", "TypedArray", "DataView"], buffer);
  offset ??= 0;
  length ??= buffer.byteLength - offset;
  if (!(offset >= 0 && offset <= buffer.byteLength)) throw new ERR_OUT_OF_RANGE("offset", `>= 0 && <= ${buffer.byteLength}`, offset);
  if (!(length >= 0 && length <= buffer.byteLength - offset)) {
    throw new ERR_OUT_OF_RANGE("length", `>= 0 && <= ${buffer.byteLength - offset}`, length);
  }
  const target = new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);
  if (descriptor === 0) return 0;
  const file = fileOf(descriptor, "read");
  if (!file.read) throw badDescriptor("read");
  if (length === 0) return 0;
  const isOwn = typeof position !== "number" && typeof position !== "bigint";
  const at = isOwn || position < 0 ? file.position : Number(position);
  const { bytes } = call("readAt", { path: file.path, position: at, length });
  target.set(bytes);
  if (isOwn || position < 0) file.position += bytes.length;
  return bytes.length;
}

/** Writes bytes or text: how many bytes were written. */
export function writeSync(descriptor, data, offsetOrPosition, lengthOrEncoding, position) {
  let bytes;
  if (typeof data === "string") {
    bytes = bytesOf(data, lengthOrEncoding);
    position = offsetOrPosition;
  } else {
    let offset = offsetOrPosition;
    let length = lengthOrEncoding;
    if (offset !== null && typeof offset === "object") ({ offset, length, position } = offset);
    const all = bytesOf(data);
    offset ??= 0;
    length ??= all.length - offset;
    if (!(offset >= 0 && offset <= all.length)) throw new ERR_OUT_OF_RANGE("offset", `>= 0 && <= ${all.length}`, offset);
    if (!(length >= 0 && length <= all.length - offset)) throw new ERR_OUT_OF_RANGE("length", `<= ${all.length - offset}`, length);
    bytes = all.subarray(offset, offset + length);
  }
  if (descriptor === 1 || descriptor === 2) {
    host.write(descriptor, bytes);
    return bytes.length;
  }
  const file = fileOf(descriptor, "write");
  if (!file.write) throw badDescriptor("write");
  const isOwn = typeof position !== "number";
  const at = isOwn ? file.position : position;
  const how = file.append ? { flag: "a" } : { flag: "r+", position: at };
  const { value } = call("write", { path: file.path, ...how }, bytes);
  if (isOwn) file.position = file.append ? value.size : at + bytes.length;
  return bytes.length;
}

export function fstatSync(descriptor, options) {
  const { path } = fileOf(descriptor, "fstat");
  const { value } = call("stat", { path });
  return options?.bigint ? new BigIntStats(value) : new Stats(value);
}

export function ftruncateSync(descriptor, length = 0) {
  const file = fileOf(descriptor, "ftruncate");
  call("truncate", { path: file.path, length: Math.max(0, length ?? 0) });
}

export function fsyncSync(descriptor) {
  fileOf(descriptor, "fsync");
}

/** All that is left to read of an open file. */
export function readRest(descriptor) {
  const file = fileOf(descriptor, "read");
  if (!file.read) throw badDescriptor("read");
  const { bytes } = call("readAt", { path: file.path, position: file.position });
  file.position += bytes.length;
  return bytes;
}
