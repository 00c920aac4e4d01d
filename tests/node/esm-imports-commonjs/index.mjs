import cjs, { named } from './old.cjs';
import * as all from './old.cjs';
import { createRequire } from 'node:module';
import data from './data.json' with { type: 'json' };
const require = createRequire(import.meta.url);
export const handler = async () => ({ cjs, named, default: all.default === cjs, same: require('./old.cjs') === cjs, data });
