// `node:readline/promises`.

import { PromisingInterface } from "hoist:readline";

/** Gathers what moves the cursor and writes it at once. */
class Readline {
  #stream;
  #text = "";
  #commits;
  constructor(stream, options) {
    this.#stream = stream;
    this.#commits = !!options?.autoCommit;
  }
  #add(text) {
    if (this.#commits) this.#stream.write(text);
    else this.#text += text;
    return this;
  }
  cursorTo(x, y) {
    return this.#add(typeof y === "number" ? `\x1b[${y + 1};${x + 1}H` : `\x1b[${x + 1}G`);
  }
  moveCursor(dx, dy) {
    const part = (distance, forth, back) => (distance === 0 ? "" : `\x1b[${Math.abs(distance)}${distance > 0 ? forth : back}`);
    return this.#add(part(dx, "C", "D") + part(dy, "B", "A"));
  }
  clearLine(direction) {
    return this.#add(direction < 0 ? "\x1b[1K" : direction > 0 ? "\x1b[0K" : "\x1b[2K");
  }
  clearScreenDown() {
    return this.#add("\x1b[0J");
  }
  commit() {
    const text = this.#text;
    this.#text = "";
    return new Promise((resolve) => this.#stream.write(text, resolve));
  }
  rollback() {
    this.#text = "";
    return this;
  }
}

export default {
  Interface: PromisingInterface,
  Readline,
  createInterface: (input, output, completer, terminal) => new PromisingInterface(input, output, completer, terminal),
};
