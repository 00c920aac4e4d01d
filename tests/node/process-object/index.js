exports.handler = async () => {
  process.env.NUMBER = 5;
  process.env.GONE = 'x';
  delete process.env.GONE;
  const [seconds, nanoseconds] = process.hrtime();
  return {
    env: [process.env.NUMBER, 'GONE' in process.env, Object.keys(process.env).includes('NUMBER'), process.env.hasOwnProperty('NUMBER')],
    hrtime: [Number.isInteger(seconds), Number.isInteger(nanoseconds), typeof process.hrtime.bigint()],
    types: [typeof process.version, typeof process.uptime(), process.platform, typeof process.memoryUsage().heapUsed, process.release.name],
    events: await new Promise((resolve) => { process.once('custom', (value) => resolve(value)); process.emit('custom', 'heard'); }),
    tag: Object.prototype.toString.call(process), argv: Array.isArray(process.argv), tick: await new Promise((resolve) => process.nextTick((a, b) => resolve([a, b]), 1, 2)),
    symbolError: (() => { try { process.env.X = Symbol(); } catch (error) { return error.name; } })(),
  };
};
