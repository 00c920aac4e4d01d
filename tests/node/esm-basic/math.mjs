export let count = 0;
export function increment() { count++; }
export const add = (a, b) => a + b;
