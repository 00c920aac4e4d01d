exports.handler = async () => {
  const log = [];
  setTimeout(() => log.push('timeout 2'), 2);
  setTimeout(() => log.push('timeout 1'), 1);
  setTimeout(() => { log.push('timeout 0'); process.nextTick(() => log.push('tick in timeout')); Promise.resolve().then(() => log.push('job in timeout')); }, 0);
  setImmediate(() => log.push('immediate'));
  process.nextTick(() => log.push('tick'));
  Promise.resolve().then(() => log.push('job')).then(() => log.push('job 2'));
  queueMicrotask(() => log.push('microtask'));
  log.push('sync');
  await new Promise((resolve) => setTimeout(resolve, 20));
  return log.filter((entry) => entry !== 'immediate').concat(log.includes('immediate'));
};
