// The same under node: `node measure.mjs CALLS` prints { load, first, warm, rss } in ms and bytes as JSON.
const started = performance.now();
const { handler } = await import("./index.mjs");
const load = performance.now() - started;
await handler({ id: "0" });
const first = performance.now() - started;
const times = [];
for (let call = 1; call <= Number(process.argv[2]); call++) {
  const at = performance.now();
  await handler({ id: `${call}` });
  times.push(performance.now() - at);
}
times.sort((a, b) => a - b);
console.log(JSON.stringify({ load, first, warm: times[times.length >> 1], rss: process.memoryUsage.rss() }));
