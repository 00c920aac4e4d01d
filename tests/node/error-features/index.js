exports.handler = async function () {
  const target = {}; Error.captureStackTrace(target); const lines = target.stack.split('\n');
  const original = Error.prepareStackTrace; Error.prepareStackTrace = (error, sites) => sites.map((site) => [site.getFunctionName(), typeof site.getFileName(), site.getLineNumber() > 0]);
  const sites = (function inner() { return new Error('x').stack; })(); Error.prepareStackTrace = original;
  class Mine extends Error { constructor(m) { super(m); Error.captureStackTrace(this, Mine); } }
  const limit = Error.stackTraceLimit; Error.stackTraceLimit = 1; const short = (function a() { return new Error('s').stack.split('\n').length; })(); Error.stackTraceLimit = limit;
  return [lines[0], sites[0], new Mine('m').stack.split('\n')[0], limit, short, new Error('a', { cause: 'c' }).cause, new AggregateError([1], 'agg').errors, String(new Error('s')), typeof new Error('x').stack, new Error('multi\nline').stack.split('\n').slice(0, 2)];
};
