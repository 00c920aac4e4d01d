export * from './one.mjs';
export * from './two.mjs';
export * as three from './one.mjs';
