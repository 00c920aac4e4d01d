// `util.isDeepStrictEqual` compares exported keys; there are no key objects in the sandbox yet.

export function key_export() {
  throw new Error("Hoist's sandbox has no KeyObject yet");
}
