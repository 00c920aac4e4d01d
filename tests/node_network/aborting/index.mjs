import { get, request } from 'node:http';
import { once } from 'node:events';
const told = (error) => [error.name, error.message, error.code ?? null, error.cause?.name ?? null];
const fails = (promise) => promise.then(() => 'no error', told);
export const handler = async ({ base, port }) => {
  const soon = (run) => setTimeout(run, 20);
  const controller = () => { const made = new AbortController(); return made; };
  const aborted = controller(); soon(() => aborted.abort());
  const reasoned = controller(); soon(() => reasoned.abort(new RangeError('mine')));
  const reading = controller();
  const failing = (...args) => new Promise((resolve) => { const events = []; const req = get(...args); for (const name of ['abort', 'timeout', 'close']) req.on(name, () => events.push(name)); req.on('error', (error) => { events.push(told(error).slice(0, 3)); }); req.on('close', () => setImmediate(() => resolve([events, req.destroyed, req.aborted]))); failing.last = req; });
  return {
    before: await fails(fetch(`${base}/never`, { signal: AbortSignal.abort() })),
    beforeReason: await fetch(`${base}/never`, { signal: AbortSignal.abort('why') }).catch((reason) => reason),
    during: await fails(fetch(`${base}/never`, { signal: aborted.signal })),
    reason: await fails(fetch(`${base}/never`, { signal: reasoned.signal })),
    timeout: await fails(fetch(`${base}/never`, { signal: AbortSignal.timeout(20) })),
    body: await (async () => { const res = await fetch(`${base}/start`, { signal: reading.signal }); soon(() => reading.abort()); return fails(res.text()); })(),
    cancelled: await (async () => { const res = await fetch(`${base}/start`); await res.body.cancel(); return res.bodyUsed; })(),
    node: await failing(`${base}/never`, { signal: AbortSignal.timeout(20) }),
    nodeBefore: await failing(`${base}/never`, { signal: AbortSignal.abort() }),
    destroyed: await (() => { const made = failing(`${base}/never`); soon(() => failing.last.destroy()); return made; })(),
    destroyedWith: await (() => { const made = failing(`${base}/never`); soon(() => failing.last.destroy(new Error('own'))); return made; })(),
    destroyedAtOnce: await (() => { const made = failing(`${base}/never`); failing.last.destroy(); return made; })(),
    oldAbort: await (() => { const made = failing(`${base}/never`); soon(() => failing.last.abort()); return made; })(),
    response: await new Promise((resolve) => get(`${base}/start`, (res) => { const events = []; res.on('data', () => {}); res.on('aborted', () => events.push('aborted')); res.on('error', (error) => events.push(told(error).slice(0, 3))); res.on('close', () => resolve([events, res.complete, res.aborted])); soon(() => res.destroy()); })),
    goesOn: (await fetch(`${base}/echo`)).status,
  };
};
