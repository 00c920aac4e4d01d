// `node:readline`: lines of a stream. What moves the cursor of a terminal is written as its escape codes.

import { EventEmitter } from "node:events";
import { StringDecoder } from "node:string_decoder";
import promises from "node:readline/promises";
import { Interface } from "hoist:readline";

export { Interface };

function write(stream, text, callback) {
  if (stream === null || stream === undefined) {
    if (typeof callback === "function") queueMicrotask(() => callback(null));
    return true;
  }
  return stream.write(text, callback);
}

export const cursorTo = (stream, x, y, callback) => {
  if (typeof y === "function") [callback, y] = [y, undefined];
  return write(stream, typeof y === "number" ? `\x1b[${y + 1};${x + 1}H` : `\x1b[${x + 1}G`, callback);
};
export const moveCursor = (stream, dx, dy, callback) => {
  const part = (distance, forth, back) => (distance === 0 ? "" : `\x1b[${Math.abs(distance)}${distance > 0 ? forth : back}`);
  return write(stream, part(dx, "C", "D") + part(dy, "B", "A"), callback);
};
export const clearLine = (stream, direction, callback) =>
  write(stream, direction < 0 ? "\x1b[1K" : direction > 0 ? "\x1b[0K" : "\x1b[2K", callback);
export const clearScreenDown = (stream, callback) => write(stream, "\x1b[0J", callback);

/** Every character as an event of its own; there are no special keys without a terminal. */
export function emitKeypressEvents(stream) {
  if (!(stream instanceof EventEmitter)) return;
  const decoder = new StringDecoder("utf8");
  stream.on("data", (data) => {
    for (const one of decoder.write(data)) {
      stream.emit("keypress", one, { sequence: one, name: one.toLowerCase(), ctrl: false, meta: false, shift: false });
    }
  });
}

export function createInterface(input, output, completer, terminal) {
  return new Interface(input, output, completer, terminal);
}

export default { Interface, clearLine, clearScreenDown, createInterface, cursorTo, emitKeypressEvents, moveCursor, promises };
