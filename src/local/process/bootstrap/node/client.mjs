// The Lambda Runtime API, as a client sees it.

import http from "node:http";
import process from "node:process";

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const ROOT = "/2018-06-01/runtime";

// One connection that is kept: an idle one does not keep the process from being out of work.
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const { request } = http;

function call(method, path, headers, body) {
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, path: `${ROOT}${path}`, method, headers, agent }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() })
      );
    });
    call.on("error", reject);
    call.end(body);
  });
}

/** Waits for the next invocation: its event as text and the headers with it. */
export async function next() {
  const { status, headers, body } = await call("GET", "/invocation/next", {});
  if (status !== 200) throw new Error(`The Runtime API answered ${status}: ${body}`);
  return { headers, body };
}

const post = (path, headers, text) =>
  call("POST", path, { "Content-Type": "application/json", ...headers, "Content-Length": Buffer.byteLength(text) }, text);

/** Posts the answer of an invocation. */
export const respond = (id, text) => post(`/invocation/${id}/response`, {}, text);

/** Posts an answer that was written to a stream: bytes of some type. */
export function respondStreamed(id, bytes, contentType = "application/octet-stream") {
  const headers = { "Content-Type": contentType, "Lambda-Runtime-Function-Response-Mode": "streaming" };
  return call("POST", `/invocation/${id}/response`, { ...headers, "Transfer-Encoding": "chunked" }, bytes);
}

const typeOf = (payload) => ({ "Lambda-Runtime-Function-Error-Type": header(JSON.parse(payload).errorType) });
const header = (text) => String(text).replace(/[^\x20-\x7e]/g, "?");

/** Posts the error of an invocation. */
export const fail = (id, payload) => post(`/invocation/${id}/error`, typeOf(payload), payload);

/** Posts that the function cannot start. */
export const failInit = (payload) => post("/init/error", typeOf(payload), payload);
