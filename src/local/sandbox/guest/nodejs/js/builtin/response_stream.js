// The stream that a handler made by `awslambda.streamifyResponse` writes to. It is collected here: the
// answer is given whole.

import { Writable } from "node:stream";
import { Buffer } from "node:buffer";

const HTTP_TYPE = "application/vnd.awslambda.http-integration-response";
const DELIMITER = new Uint8Array(8);

export class ResponseStream extends Writable {
  constructor(highWaterMark) {
    super({ highWaterMark });
    this.chunks = [];
    this.contentType = undefined;
  }
  setContentType(type) {
    this.contentType = type;
  }
  _write(chunk, encoding, callback) {
    if (this._onBeforeFirstWrite !== undefined) {
      const before = this._onBeforeFirstWrite;
      this._onBeforeFirstWrite = undefined;
      before((data) => this.chunks.push(Buffer.from(data)));
    }
    this.chunks.push(Buffer.from(chunk));
    callback();
  }
  /** All that was written, as text. */
  text() {
    return Buffer.concat(this.chunks).toString();
  }
}

/** `awslambda.HttpResponseStream`: status and headers before the body. */
export class HttpResponseStream {
  static from(stream, prelude) {
    stream.setContentType(HTTP_TYPE);
    const head = JSON.stringify(prelude);
    stream._onBeforeFirstWrite = (write) => {
      write(head);
      write(DELIMITER);
    };
    return stream;
  }
}
