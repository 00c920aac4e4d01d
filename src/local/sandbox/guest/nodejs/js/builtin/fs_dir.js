// `fs.Dir`.

import { pathOf } from "hoist:fs-host";
import { readdirSync } from "hoist:fs-sync";

export class Dir {
  #entries;
  constructor(path, options) {
    this.path = pathOf(path);
    this.#entries = readdirSync(this.path, { ...options, withFileTypes: true });
  }
  readSync() {
    return this.#entries.shift() ?? null;
  }
  read(callback) {
    if (callback === undefined) return Promise.resolve(this.readSync());
    setImmediate(callback, null, this.readSync());
    return undefined;
  }
  closeSync() {}
  close(callback) {
    if (callback === undefined) return Promise.resolve();
    setImmediate(callback, null);
    return undefined;
  }
  async *[Symbol.asyncIterator]() {
    for (let entry = this.readSync(); entry !== null; entry = this.readSync()) yield entry;
  }
}
