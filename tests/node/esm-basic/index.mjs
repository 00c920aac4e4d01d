import { add, count, increment } from './math.mjs';
import * as math from './math.mjs';
import fallback, { named } from './mixed.mjs';
increment();
export const handler = async () => ({ sum: add(1, 2), count, keys: Object.keys(math), tag: math[Symbol.toStringTag], fallback, named, self: typeof this });
