// When garbage in cycles is collected. Everything else is freed as soon as nothing refers to it.
//
// The engine would collect whenever it allocates. Doing so while generators are suspended frees what is still in
// use (seen with the async iterators of streams), so it is done only when no invocation is running.

import host from "hoist:host";
import engine from "hoist:engine";

/** Bytes that the memory grows by before it is worth a collection. */
const WORTH = 8 << 20;

let before = -1;

/** Between two invocations: collects when the memory has grown much since the last time. */
export function tidy() {
  const used = host.memory();
  if (before < 0) before = used;
  if (used - before < WORTH) return;
  engine.collect();
  before = host.memory();
}
