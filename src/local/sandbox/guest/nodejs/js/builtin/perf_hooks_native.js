// The clock of the vendored `perf_hooks`.

import host from "hoist:host";

let origin;

/** Starts the clock of a new environment. */
export function reset() {
  origin = undefined;
}

/** When the environment started, in ms since 1970. */
export function time_origin() {
  origin ??= Date.now() - host.monotonic();
  return origin;
}

/** ms since then. */
export function monotonic_now() {
  return host.monotonic();
}
