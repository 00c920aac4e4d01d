import { even } from './even.mjs';
export const early = even(0);
export function odd(n) { return n !== 0 && even(n - 1); }
