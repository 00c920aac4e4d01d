const { setTimeout: wait, setInterval: every } = require('timers/promises');
exports.handler = async () => {
  const out = [];
  let ticks = 0;
  await new Promise((resolve) => { const i = setInterval(() => { if (++ticks === 3) { clearInterval(i); resolve(); } }, 1); });
  out.push(ticks);
  const t = setTimeout(() => out.push('never'), 1);
  clearTimeout(t);
  const u = setTimeout(() => {}, 100000).unref();
  out.push(u.hasRef(), u.ref().hasRef());
  clearTimeout(+u);
  out.push(await wait(1, 'value'));
  for await (const value of every(1, 'i')) { out.push(value); break; }
  const aborted = await wait(1000, 0, { signal: AbortSignal.abort() }).catch((error) => [error.name, error.code]);
  out.push(aborted);
  const args = await new Promise((resolve) => setTimeout((...rest) => resolve(rest), 1, 1, 2));
  out.push(args);
  const cleared = setImmediate(() => out.push('never'));
  clearImmediate(cleared);
  await new Promise((resolve) => setImmediate(resolve));
  return out;
};
