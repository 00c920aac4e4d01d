import { inspect } from 'util';
import * as self from './index.mjs';
export const value = { a: [1] };
const attempt = (run) => {
  try {
    run();
  } catch (error) {
    return `${error}`;
  }
};
let nothing;
export const handler = async () => [attempt(() => nothing.x), attempt(() => nothing.x()), attempt(() => { null.y = 1; }), attempt(() => missing), inspect(self).split('\n').slice(0, 2)];
