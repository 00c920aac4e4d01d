// Where log records go: to Lambda's descriptor for framed records, so that a record may hold line ends.

import { writeSync } from "node:fs";
import { Buffer } from "node:buffer";
import process from "node:process";

const FRAME_TYPE = 0xa55a0003;
const HEADER_BYTES = 16;

const descriptor = Number(process.env._LAMBDA_TELEMETRY_LOG_FD);
delete process.env._LAMBDA_TELEMETRY_LOG_FD;

/** Writes all of it: a pipe may take less at once. */
function writeAll(bytes) {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

/** Writes one record of text. */
export function writeRecord(text) {
  const size = Buffer.byteLength(text);
  const frame = Buffer.alloc(HEADER_BYTES + size);
  frame.writeUInt32BE(FRAME_TYPE, 0);
  frame.writeUInt32BE(size, 4);
  frame.writeBigUInt64BE(BigInt(Date.now()) * 1000n, 8);
  frame.write(text, HEADER_BYTES);
  writeAll(frame);
}
