// Bodies of requests and responses: bytes, or a source that is read piece by piece. A stream is made of it only for
// who asks for one.

import { Buffer } from "node:buffer";
import { isAnyArrayBuffer } from "__wasm_rquickjs_builtin/internal/util/types";
import { Blob } from "__wasm_rquickjs_builtin/http_blob";
import { FormData } from "__wasm_rquickjs_builtin/http_form_data";
import { URLSearchParams } from "node:url";
import streams from "node:stream/web";
import { decodeUtf8, encodeUtf8 } from "hoist:encoding";
import { decodeForm, encodeForm } from "hoist:fetch-form";

const { ReadableStream } = streams;

/** One body: `bytes`, or `pull` (a promise of the next bytes, undefined at the end) with `cancel`. */
export class Body {
  #bytes;
  #source;
  #stream;
  #used = false;
  /** How many bytes, when known. */
  length = null;

  constructor({ bytes, source, stream, length }) {
    this.#bytes = bytes;
    this.#source = source;
    this.#stream = stream;
    this.length = bytes !== undefined ? bytes.length : (length ?? null);
  }

  get isUsed() {
    return this.#used || !!this.#stream?._disturbed;
  }
  get isLocked() {
    return !!this.#stream?.locked;
  }
  /** Whether it can be sent once more. */
  get isKnown() {
    return this.#bytes !== undefined;
  }
  get bytes() {
    return this.#bytes;
  }

  get stream() {
    this.#stream ??= this.#makeStream();
    return this.#stream;
  }
  #makeStream() {
    const used = this.#used;
    const bytes = this.#bytes;
    const source = this.#source;
    const stream = new ReadableStream({
      type: "bytes",
      start: (controller) => {
        if (used) controller.close();
      },
      pull: async (controller) => {
        const piece = bytes === undefined ? await source.pull() : bytes;
        if (piece !== undefined && piece.length > 0) controller.enqueue(new Uint8Array(piece));
        if (piece === undefined || bytes !== undefined) {
          controller.close();
          controller.byobRequest?.respond(0);
        }
      },
      cancel: (reason) => source?.cancel(reason),
    }, { highWaterMark: 0 });
    source?.onStream?.(stream);
    if (used) {
      // As Node shows a body that was read.
      stream.getReader();
    }
    return stream;
  }

  /** The pieces, one after the other; it is used from now on. */
  async *pieces() {
    if (this.#stream === undefined) {
      this.#used = true;
      if (this.#bytes !== undefined) {
        yield this.#bytes;
        return;
      }
      let ended = false;
      try {
        for (;;) {
          const piece = await this.#source.pull();
          if (piece === undefined) break;
          yield piece;
        }
        ended = true;
      } finally {
        if (!ended) this.#source.cancel();
      }
      return;
    }
    const reader = this.#stream.getReader();
    let ended = false;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        if (!(value instanceof Uint8Array)) throw new TypeError("Received non-Uint8Array chunk");
        yield value;
      }
      ended = true;
    } finally {
      if (!ended) reader.cancel().catch(() => {});
    }
  }

  /** All of it. */
  async all() {
    if (this.#bytes !== undefined && this.#stream === undefined) {
      this.#used = true;
      return this.#bytes;
    }
    const pieces = [];
    for await (const piece of this.pieces()) pieces.push(piece);
    return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
  }

  /** A second body with the same content. */
  clone() {
    if (this.#bytes !== undefined && this.#stream === undefined) return new Body({ bytes: this.#bytes });
    const [one, other] = this.stream.tee();
    this.#stream = one;
    this.#bytes = undefined;
    return new Body({ stream: other, length: this.length });
  }

  cancel(reason) {
    if (this.#stream !== undefined) this.#stream.cancel(reason).catch(() => {});
    else this.#source?.cancel(reason);
  }
}

const copied = (view) => new Uint8Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));

function ofBlob(blob) {
  let reader;
  return new Body({
    length: blob.size,
    source: {
      async pull() {
        reader ??= blob.stream().getReader();
        return (await reader.read()).value;
      },
      cancel: () => reader?.cancel(),
    },
  });
}

function ofIterable(iterable) {
  const iterator = iterable[Symbol.asyncIterator]();
  return new Body({
    source: {
      async pull() {
        const { done, value } = await iterator.next();
        if (done) return undefined;
        if (typeof value === "string") return encodeUtf8(value);
        return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
      },
      cancel: () => iterator.return?.(),
    },
  });
}

/** The body that `value` is, and its type: [body, type]. */
export function bodyOf(value, keepalive = false) {
  if (typeof value === "string") return [new Body({ bytes: encodeUtf8(value) }), "text/plain;charset=UTF-8"];
  if (value instanceof URLSearchParams) {
    return [new Body({ bytes: encodeUtf8(`${value}`) }), "application/x-www-form-urlencoded;charset=UTF-8"];
  }
  if (isAnyArrayBuffer(value)) return [new Body({ bytes: new Uint8Array(value.slice(0)) }), null];
  if (ArrayBuffer.isView(value)) return [new Body({ bytes: copied(value) }), null];
  if (value instanceof FormData) {
    const { blob, type } = encodeForm(value);
    return [ofBlob(blob), type];
  }
  if (value instanceof Blob) return [ofBlob(value), value.type || null];
  if (value instanceof ReadableStream) {
    if (keepalive) throw new TypeError("keepalive");
    if (value._disturbed || value.locked) throw new TypeError("Response body object should not be disturbed or locked");
    return [new Body({ stream: value }), null];
  }
  if (typeof value?.[Symbol.asyncIterator] === "function") return [ofIterable(value), null];
  return [new Body({ bytes: encodeUtf8(`${value}`) }), "text/plain;charset=UTF-8"];
}

/** What `Request` and `Response` have in common; `stateOf` gives a message's { body, headers }. */
export function bodyMethods(Class, stateOf) {
  const read = async (message, convert) => {
    const state = stateOf(message);
    const { body } = state;
    if (body === null) return convert(new Uint8Array(0), state);
    if (body.isUsed || body.isLocked) throw new TypeError("Body is unusable: Body has already been read");
    return convert(await body.all(), state);
  };
  const plain = (bytes) => new Uint8Array(bytes);
  const methods = {
    blob() {
      return read(this, (bytes, { headers }) => new Blob([bytes], { type: headers.get("content-type") ?? "" }));
    },
    arrayBuffer() {
      return read(this, (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    },
    text() {
      return read(this, (bytes) => withoutMark(decodeUtf8(bytes)));
    },
    json() {
      return read(this, (bytes) => JSON.parse(withoutMark(decodeUtf8(bytes))));
    },
    formData() {
      return read(this, (bytes, { headers }) => decodeForm(bytes, headers.get("content-type") ?? ""));
    },
    bytes() {
      return read(this, plain);
    },
  };
  for (const name of Object.keys(methods)) {
    Object.defineProperty(Class.prototype, name, { value: methods[name], writable: true, configurable: true, enumerable: true });
  }
  Object.defineProperties(Class.prototype, {
    body: {
      get() {
        return stateOf(this).body?.stream ?? null;
      },
      enumerable: true, configurable: true,
    },
    bodyUsed: {
      get() {
        return stateOf(this).body?.isUsed ?? false;
      },
      enumerable: true, configurable: true,
    },
  });
}

const withoutMark = (text) => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
