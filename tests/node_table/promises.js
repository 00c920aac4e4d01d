module.exports = {
  'all and friends': async () => [await Promise.all([1, Promise.resolve(2)]), await Promise.allSettled([1, Promise.reject(new Error('x')).catch((e) => { throw e.message; })]), await Promise.race([new Promise(() => {}), 3]), await Promise.any([Promise.reject(1), 4])],
  'any rejects': async () => { try { await Promise.any([Promise.reject(1)]); } catch (e) { return [e.name, e.message, e.errors]; } },
  'finally': async (t) => [await Promise.resolve(1).finally(() => 2), await t.rejected(() => Promise.resolve(1).finally(() => { throw new Error('f'); }))],
  'withResolvers and order': async () => { const o = []; const p = Promise.resolve(); p.then(() => o.push(1)); p.then(() => o.push(2)); (async () => { await p; o.push(3); })(); await null; await null; return o; },
  'unhandled but handled later': async (t) => { const p = new Promise((r, j) => j(new Error('late'))); const q = p.catch((e) => e.message); return q; },
  'async iteration': async () => { async function* g() { try { yield 1; yield 2; } finally { yield 'f'; } } const o = []; for await (const x of g()) o.push(x); const i = g(); await i.next(); o.push(await i.return(9)); return o; },
  'for await over promises': async (t) => { const o = []; for await (const x of [Promise.resolve(1), 2]) o.push(x); o.push(await t.rejected(async () => { for await (const x of [Promise.reject(new Error('r'))]) o.push(x); })); return o; },
  'self resolution': async (t) => { let r; const p = new Promise((x) => { r = x; }); r(p); return t.rejected(() => p); },
  'thenable job order': async (t) => { const o = []; Promise.resolve().then(() => Promise.resolve(4)).then((x) => o.push(x)); Promise.resolve().then(() => o.push(1)).then(() => o.push(2)).then(() => o.push(3)).then(() => o.push(5)); await t.wait(); return o; },
  'executor throws': async (t) => t.rejected(() => new Promise(() => { throw new TypeError('ex'); })),
};
