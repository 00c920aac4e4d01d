// `fetch`: https://fetch.spec.whatwg.org/#fetch-method over the host's requests.

import { Buffer, resolveObjectURL } from "node:buffer";
import { URL } from "node:url";
import zlib from "node:zlib";
import { Exchange } from "hoist:network";
import { Headers, setGuard } from "hoist:fetch-headers";
import { Body } from "hoist:fetch-body";
import { Request, Response, made, stateOfRequest } from "hoist:fetch-messages";

export { Headers, Request, Response };

const MAX_REDIRECTS = 20;
/** Ports that no browser asks for HTTP. Source: https://fetch.spec.whatwg.org/#port-blocking. */
const BAD_PORTS = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113,
  115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556,
  563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667,
  6668, 6669, 6679, 6697, 10080,
]);
const NO_BODY = [101, 103, 204, 205, 304];

const failed = (cause) => new TypeError("fetch failed", { cause: typeof cause === "string" ? new Error(cause) : cause });

/** An error of the connection as Node's fetch tells it. */
function causeOf(error) {
  if (error.code !== "ECONNRESET" || !/hang up|aborted/.test(error.message)) return error;
  const closed = new Error("other side closed");
  closed.name = "SocketError";
  closed.code = "UND_ERR_SOCKET";
  return closed;
}

export function fetch(input, init = undefined) {
  try {
    const state = stateOfRequest(new Request(input, init));
    if (state.signal.aborted) return Promise.reject(state.signal.reason);
    return new Promise((resolve, reject) => start(state, resolve, reject));
  } catch (error) {
    return Promise.reject(error);
  }
}

/** One call of `fetch`: its redirects and its end. */
function start(state, resolve, reject) {
  const run = { exchange: undefined, source: undefined, over: false };
  const { signal } = state;
  const abort = () => {
    if (run.source === undefined) {
      run.over = true;
      run.exchange?.close();
      state.body?.cancel(signal.reason);
      reject(signal.reason);
    } else {
      run.source.fail(signal.reason);
    }
  };
  signal.addEventListener("abort", abort, { once: true });
  run.settled = () => signal.removeEventListener("abort", abort);
  follow(state, run).then(resolve, (error) => {
    run.settled();
    reject(error);
  });
}

async function follow(state, run) {
  let { url, method, body } = state;
  const headers = new Headers(state.headers);
  for (let redirects = 0; ; redirects++) {
    if (url.protocol === "data:") return ofData(url, state);
    if (url.protocol === "blob:") return ofBlob(url, method);
    if (url.protocol === "about:") throw failed("about scheme is not supported");
    if (url.protocol !== "http:" && url.protocol !== "https:") {
      throw failed(url.protocol === "file:" ? "not implemented... yet..." : "unknown scheme");
    }
    if (url.port !== "" && BAD_PORTS.has(+url.port)) throw failed("bad port");
    const { head, source } = await ask(url, method, headers, body, state, run);
    const location = head.headers.find(([name]) => name === "location")?.[1];
    if (![301, 302, 303, 307, 308].includes(head.status) || location === undefined || state.redirect === "manual") {
      return answer(url, method, head, source, redirects > 0, run);
    }
    source.cancel();
    run.source = undefined;
    if (state.redirect === "error") throw failed("unexpected redirect");
    if (redirects === MAX_REDIRECTS) throw failed("redirect count exceeded");
    const target = targetOf(location, url);
    if (head.status !== 303 && body !== null && !body.isKnown) throw failed(new Error("cannot redirect a body that is a stream"));
    if ((head.status < 303 && method === "POST") || (head.status === 303 && method !== "GET" && method !== "HEAD")) {
      method = "GET";
      body = null;
      for (const name of ["content-encoding", "content-language", "content-location", "content-type", "content-length"]) headers.delete(name);
    }
    if (target.origin !== url.origin) for (const name of ["authorization", "proxy-authorization", "cookie", "host"]) headers.delete(name);
    url = target;
  }
}

function targetOf(location, url) {
  let target;
  try {
    // What stands outside of ASCII is UTF-8 read as Latin-1.
    target = new URL(Buffer.from(location, "latin1").toString("utf8"), url);
  } catch (error) {
    throw failed(error);
  }
  if (target.protocol !== "http:" && target.protocol !== "https:") throw failed("URL scheme must be a HTTP(S) scheme");
  if (target.hash === "") target.hash = url.hash;
  return target;
}

/** The headers that are sent, with those every request of Node's fetch has. */
function linesOf(url, method, headers, body) {
  const lines = [["host", headers.get("host") ?? url.host], ["connection", "keep-alive"]];
  for (const [name, value] of headers) {
    if (name !== "host" && name !== "connection" && name !== "content-length" && name !== "transfer-encoding") lines.push([name, value]);
  }
  const preset = [["accept", "*/*"], ["accept-language", "*"], ["sec-fetch-mode", "cors"], ["user-agent", "node"],
    ["accept-encoding", url.protocol === "https:" ? "br, gzip, deflate" : "gzip, deflate"]];
  for (const [name, value] of preset) if (!headers.has(name)) lines.push([name, value]);
  if (body !== null && body.length !== null) lines.push(["content-length", `${body.length}`]);
  else if (body === null && (method === "POST" || method === "PUT" || method === "PATCH")) lines.push(["content-length", "0"]);
  return lines;
}

/** Sends one request; gives the head of its response and where its body comes from. */
function ask(url, method, headers, body, state, run) {
  return new Promise((resolve, reject) => {
    const source = new ResponseSource(run);
    const listener = {
      onConnect() {},
      onResponse(head) {
        run.source = source;
        resolve({ head, source });
      },
      onData: (bytes) => source.add(bytes),
      onTrailers() {},
      onEnd: () => source.end(),
      onError(error) {
        if (run.source === source) source.fail(new TypeError("terminated", { cause: causeOf(error) }));
        else reject(failed(causeOf(error)));
      },
    };
    const message = {
      method,
      host: url.hostname,
      port: url.port === "" ? (url.protocol === "https:" ? 443 : 80) : +url.port,
      path: url.pathname + url.search,
      tls: url.protocol === "https:" ? { unverified: process.env.NODE_TLS_REJECT_UNAUTHORIZED === "0" } : null,
      headers: linesOf(url, method, headers, body),
      keep: true,
    };
    try {
      const known = body === null ? new Uint8Array(0) : body.bytes;
      const exchange = new Exchange(message, known ?? new Uint8Array(0), known !== undefined, listener);
      run.exchange = exchange;
      source.exchange = exchange;
      if (known === undefined) {
        upload(body, exchange).catch((error) => {
          exchange.close();
          if (run.source === source) source.fail(error);
          else reject(failed(error));
        });
      }
    } catch (error) {
      reject(failed(error));
    }
  });
}

async function upload(body, exchange) {
  for await (const piece of body.pieces()) {
    if (!exchange.isOpen) return;
    if (piece.length > 0) await new Promise((taken) => exchange.write(piece, taken));
  }
  exchange.end();
}

/** The body of a response as it arrives. */
class ResponseSource {
  exchange;
  #run;
  #pieces = [];
  #waiting;
  #ended = false;
  #error;
  constructor(run) {
    this.#run = run;
  }
  /** Gives whether more is wanted now. */
  add(bytes) {
    if (this.#waiting === undefined) {
      this.#pieces.push(bytes);
      return false;
    }
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    resolve(bytes);
    return false;
  }
  end() {
    this.#ended = true;
    this.#run.settled();
    this.#waiting?.resolve(undefined);
    this.#waiting = undefined;
  }
  fail(error) {
    if (this.#ended) return;
    this.#error = { error };
    this.#ended = true;
    this.#pieces = [];
    this.exchange.close();
    this.#run.settled();
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
  pull() {
    if (this.#pieces.length > 0) return Promise.resolve(this.#pieces.shift());
    if (this.#error !== undefined) return Promise.reject(this.#error.error);
    if (this.#ended) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.exchange.read();
    });
  }
  cancel() {
    if (this.#ended) return;
    this.#ended = true;
    this.exchange.close();
    this.#run.settled();
  }
}

/** The decoders for `content-encoding`, the last applied first. */
function decodersOf(head, method) {
  if (method === "HEAD" || NO_BODY.includes(head.status)) return [];
  const codings = head.headers.filter(([name]) => name === "content-encoding").flatMap(([, value]) => value.toLowerCase().split(","));
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;
  const lenient = { flush: Z_SYNC_FLUSH, finishFlush: Z_SYNC_FLUSH };
  const decoders = [];
  for (const coding of codings.map((one) => one.trim()).filter(Boolean).reverse()) {
    if (coding === "gzip" || coding === "x-gzip") decoders.push(() => zlib.createGunzip(lenient));
    else if (coding === "deflate") decoders.push((first) => ((first[0] & 0x0f) === 8 ? zlib.createInflate(lenient) : zlib.createInflateRaw(lenient)));
    else if (coding === "br") decoders.push(() => zlib.createBrotliDecompress({ flush: BROTLI_OPERATION_FLUSH, finishFlush: BROTLI_OPERATION_FLUSH }));
    else return [];
  }
  return decoders;
}

/** A source with a decoder before it. */
function decoded(source, make) {
  let output;
  let failure;
  const feed = async (decoder, first) => {
    for (let piece = first; piece !== undefined; piece = await source.pull()) {
      if (decoder.destroyed) return;
      if (!decoder.write(piece)) await new Promise((go) => decoder.once("drain", go).once("close", go));
    }
    decoder.end();
  };
  return {
    async pull() {
      if (output === undefined) {
        const first = await source.pull();
        if (first === undefined) return undefined;
        const decoder = make(first);
        output = decoder[Symbol.asyncIterator]();
        feed(decoder, first).catch((error) => {
          failure = { error };
          decoder.destroy(error);
        });
      }
      try {
        return (await output.next()).value;
      } catch (cause) {
        source.cancel();
        throw failure?.error ?? new TypeError("terminated", { cause });
      }
    },
    cancel(reason) {
      output?.return?.();
      source.cancel(reason);
    },
  };
}

function answer(url, method, head, source, redirected, run) {
  const headers = new Headers();
  for (const [name, value] of head.headers) headers.append(name, value);
  setGuard(headers, "immutable");
  let body = null;
  if (NO_BODY.includes(head.status) || method === "HEAD") {
    // What comes is its end.
    source.pull().catch(() => {});
  } else {
    body = new Body({ source: decodersOf(head, method).reduce(decoded, source) });
  }
  const shown = new URL(url);
  shown.hash = "";
  return made({ status: head.status, statusText: head.reason, headers, type: "basic", url: shown.href, redirected, body });
}

// ---- other schemes

function ofBytes(bytes, type, url) {
  const headers = new Headers(type === undefined ? undefined : { "content-type": type });
  setGuard(headers, "immutable");
  return made({ status: 200, statusText: "OK", headers, type: "basic", url, redirected: false, body: new Body({ bytes }) });
}

function ofData(url) {
  const match = /^data:([^,]*),([^]*)$/.exec(url.href.replace(/#.*$/, ""));
  if (match === null) throw failed("invalid URL");
  const isBase64 = /; *base64 *$/i.test(match[1]);
  const type = match[1].replace(/; *base64 *$/i, "").trim();
  const bytes = Buffer.from(match[2].replace(/%([0-9a-f]{2})/gi, (_, digits) => String.fromCharCode(parseInt(digits, 16))), "latin1");
  const content = isBase64 ? Buffer.from(bytes.toString("latin1").replace(/\s/g, ""), "base64") : bytes;
  const full = type === "" || type.startsWith(";") ? `text/plain${type || ";charset=US-ASCII"}` : type;
  return ofBytes(new Uint8Array(content), full, url.href);
}

async function ofBlob(url, method) {
  const blob = resolveObjectURL(url.href);
  if (method !== "GET" || blob === undefined) throw failed("invalid method");
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const headers = new Headers([["content-length", `${bytes.length}`], ["content-type", blob.type]]);
  setGuard(headers, "immutable");
  return made({ status: 200, statusText: "OK", headers, type: "basic", url: url.href, redirected: false, body: new Body({ bytes }) });
}
