// HTTP requests over the host: what happens to them arrives when the event loop turns.

import host from "hoist:host";
import { context, hold, network, release } from "hoist:loop";

/** The largest piece of a body that the host is given at once. */
const PIECE = 1 << 20;
const EMPTY = new Uint8Array(0);

const open = new Map();

network.events = () => {
  const callbacks = [];
  for (const id of host.httpEvents()) {
    const exchange = open.get(id);
    if (exchange !== undefined) callbacks.push(() => exchange.look());
  }
  return callbacks;
};

/** An error as Node makes it of what the host reports. */
export function networkError(fault) {
  const { attempts, message, ...members } = fault;
  if (attempts !== undefined) {
    const error = new AggregateError(attempts.map(networkError), message);
    error.code = members.code;
    return error;
  }
  const error = new Error(message);
  for (const name of ["errno", "code", "syscall", "hostname", "address", "port"]) {
    if (members[name] !== undefined) error[name] = members[name];
  }
  return error;
}

/**
 * One request and its response.
 *
 * `listener` has onConnect({ reused, peer }), onResponse({ status, reason, minor, headers }), onData(bytes) (gives
 * whether more is wanted), onTrailers(headers), onEnd() and onError(error); one of the last two comes last. `request`
 * is what the host's `http-open` takes.
 */
export class Exchange {
  #id;
  #listener;
  #wanted = false;
  #looking = false;
  /** Pieces that the host has not taken: { bytes, taken }. */
  #pieces = [];
  #ending = false;
  #restore;
  pending = 0;

  constructor(request, body, whole, listener) {
    const result = host.httpOpen(JSON.stringify(request), body.length > PIECE ? EMPTY : body, whole && body.length <= PIECE);
    if (result.tag === "err") throw networkError(JSON.parse(result.val));
    this.#id = result.val;
    this.#listener = listener;
    this.#restore = context.capture?.();
    open.set(this.#id, this);
    network.open++;
    hold();
    if (body.length > PIECE) {
      this.write(body);
      if (whole) this.end();
    }
  }

  get isOpen() {
    return this.#id !== undefined;
  }

  /** Sends bytes; `taken` is called when the host has them. */
  write(bytes, taken) {
    if (!this.isOpen) return;
    for (let at = 0; ; at += PIECE) {
      const last = at + PIECE >= bytes.length;
      this.#pieces.push({ bytes: bytes.subarray(at, at + PIECE), taken: last ? taken : undefined });
      if (last) break;
    }
    this.pending += bytes.length;
    this.#feed();
  }

  /** Says that the body is complete; `taken` is called when the host has all of it. */
  end(taken) {
    this.#ending = true;
    if (taken !== undefined) this.#pieces.push({ bytes: EMPTY, taken });
    this.#feed();
  }

  #feed() {
    while (this.#pieces.length > 0) {
      if (!this.isOpen) return;
      const { bytes, taken } = this.#pieces[0];
      if (bytes.length > 0 && !host.httpWrite(this.#id, bytes)) return;
      this.#pieces.shift();
      this.pending -= bytes.length;
      taken?.();
    }
    if (this.#ending && this.isOpen) {
      this.#ending = false;
      host.httpEnd(this.#id);
    }
  }

  /** Asks for the response's body. */
  read() {
    if (this.#wanted) return;
    this.#wanted = true;
    if (!this.#looking) this.#take();
  }

  /** Looks what happened; called by the event loop. */
  look() {
    if (this.#restore === undefined) this.#lookNow();
    else context.restore(this.#restore, () => this.#lookNow());
  }

  #lookNow() {
    if (!this.isOpen) return;
    this.#feed();
    this.#take();
  }

  #take() {
    this.#looking = true;
    try {
      while (this.isOpen) {
        const [kind, bytes] = host.httpNext(this.#id, this.#wanted);
        if (kind === "") return;
        if (kind === "data") {
          this.#wanted = false;
          if (this.#listener.onData(bytes)) this.#wanted = true;
        } else {
          this.#tell(JSON.parse(kind));
        }
      }
    } finally {
      this.#looking = false;
    }
  }

  #tell(event) {
    const listener = this.#listener;
    switch (event.event) {
      case "connect":
        return listener.onConnect(event);
      case "response":
        return listener.onResponse(event);
      case "trailers":
        return listener.onTrailers(event.headers);
      case "end":
        this.close();
        return listener.onEnd();
      default:
        this.close();
        return listener.onError(networkError(event.fault));
    }
  }

  /** Forgets the request; breaks it off when it is not complete. */
  close() {
    if (!this.isOpen) return;
    host.httpClose(this.#id);
    open.delete(this.#id);
    this.#id = undefined;
    this.#pieces = [];
    network.open--;
    release();
  }
}
