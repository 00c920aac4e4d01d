// `Math.random`: the engine's own generator is part of the snapshot and would repeat in every environment.

import host from "hoist:host";

let state;

/** Forgets the state: the next number starts from the system's randomness. */
export function reseed() {
  state = undefined;
}

function seed() {
  const bytes = host.random(16);
  state = new Uint32Array(4);
  for (let index = 0; index < 16; index++) state[index >> 2] |= bytes[index] << (8 * (index & 3));
  state[0] |= 1;
}

const { imul } = Math;

/** The next 32 bits of xoshiro128**. */
function next() {
  const product = imul(state[1], 5);
  const result = imul((product << 7) | (product >>> 25), 9);
  const shifted = state[1] << 9;
  state[2] ^= state[0];
  state[3] ^= state[1];
  state[1] ^= state[2];
  state[0] ^= state[3];
  state[2] ^= shifted;
  state[3] = (state[3] << 11) | (state[3] >>> 21);
  return result >>> 0;
}

Object.defineProperty(Math, "random", {
  value: function random() {
    if (state === undefined) seed();
    return ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992;
  },
  writable: true,
  enumerable: false,
  configurable: true,
});
