import * as all from './all.mjs';
export { handler } from './handler.mjs';
globalThis.names = Object.keys(all);
