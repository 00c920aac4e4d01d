// `CompressionStream` and `DecompressionStream`: https://compression.spec.whatwg.org over `node:zlib`.

import zlib from "node:zlib";
import streams from "node:stream/web";
import { ERR_INVALID_ARG_VALUE } from "__wasm_rquickjs_builtin/internal/errors";

const FORMATS = {
  compress: { deflate: "createDeflate", "deflate-raw": "createDeflateRaw", gzip: "createGzip" },
  decompress: { deflate: "createInflate", "deflate-raw": "createInflateRaw", gzip: "createGunzip" },
};

/** A pair of streams around a stream of `node:zlib`. */
function pair(table, format) {
  if (!Object.hasOwn(table, format)) {
    throw new ERR_INVALID_ARG_VALUE("format", format, "must be one of: 'deflate', 'deflate-raw', 'gzip'");
  }
  const codec = zlib[table[format]]();
  return new streams.TransformStream({
    start(controller) {
      codec.on("data", (piece) => controller.enqueue(new Uint8Array(piece)));
      codec.on("error", (error) => controller.error(error));
    },
    transform: (piece) => new Promise((resolve, reject) => {
      codec.write(piece, (error) => (error ? reject(error) : resolve()));
    }),
    flush: () => new Promise((resolve, reject) => {
      codec.once("end", resolve).once("error", reject);
      codec.end();
    }),
  });
}

export class CompressionStream {
  #pair;
  constructor(format) {
    this.#pair = pair(FORMATS.compress, `${format}`);
  }
  get readable() {
    return this.#pair.readable;
  }
  get writable() {
    return this.#pair.writable;
  }
}

export class DecompressionStream {
  #pair;
  constructor(format) {
    this.#pair = pair(FORMATS.decompress, `${format}`);
  }
  get readable() {
    return this.#pair.readable;
  }
  get writable() {
    return this.#pair.writable;
  }
}
for (const Class of [CompressionStream, DecompressionStream]) {
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
}
