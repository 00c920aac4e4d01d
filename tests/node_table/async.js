const { AsyncLocalStorage, AsyncResource } = require('async_hooks');
module.exports = {
  'run and await': async (t) => { const s = new AsyncLocalStorage(); return s.run({ id: 1 }, async () => { await t.wait(); const a = s.getStore(); await Promise.resolve(); return [a, s.getStore()]; }); },
  'separate runs': async (t) => { const s = new AsyncLocalStorage(); return Promise.all([1, 2, 3].map((x) => s.run(x, async () => { await t.wait(4 - x); return s.getStore(); }))); },
  'timers, ticks, jobs and events': async (t) => { const s = new AsyncLocalStorage(); const o = []; s.run('in', () => { setTimeout(() => o.push(['timeout', s.getStore()]), 1); setImmediate(() => o.push(['immediate', s.getStore()])); process.nextTick(() => o.push(['tick', s.getStore()])); queueMicrotask(() => o.push(['job', s.getStore()])); }); await t.wait(10); return [s.getStore(), o.sort()]; },
  'exit, enterWith and disable': async () => { const s = new AsyncLocalStorage(); return s.run(1, () => { const a = s.exit(() => s.getStore()); s.enterWith(2); const b = s.getStore(); s.disable(); return [a, b, s.getStore()]; }); },
  'snapshot and bind': () => { const s = new AsyncLocalStorage(); const [snap, bound] = s.run('x', () => [AsyncLocalStorage.snapshot(), AsyncLocalStorage.bind(() => s.getStore())]); return [s.run('y', () => snap(() => s.getStore())), bound(), s.getStore()]; },
  'AsyncResource': () => { const s = new AsyncLocalStorage(); const r = s.run('r', () => new AsyncResource('T')); return [r.runInAsyncScope(() => s.getStore()), r.runInAsyncScope(function (a) { return [this.v, a]; }, { v: 1 }, 2), typeof r.asyncId(), r.type]; },
  'promise then of outer promise': async () => { const s = new AsyncLocalStorage(); let go; const p = new Promise((r) => { go = r; }); const q = s.run('inner', () => p.then(() => s.getStore())); go(); return q; },
  'nested': () => { const a = new AsyncLocalStorage(); const b = new AsyncLocalStorage(); return a.run(1, () => b.run(2, () => [a.getStore(), b.getStore(), a.run(3, () => a.getStore()), a.getStore()])); },
  'diagnostics_channel': () => { const dc = require('diagnostics_channel'); const c = dc.channel('x'); const o = []; const f = (m, n) => o.push([m, n]); c.subscribe(f); c.publish(1); dc.unsubscribe('x', f); c.publish(2); return [o, c.hasSubscribers, c.name]; },
};
