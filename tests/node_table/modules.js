const Module = require('module');
module.exports = {
  'missing': (t) => ['./nope', 'no-such-package', 'node:nope', '/nope.js', ''].map((n) => t.caught(() => require(n)).split('\n')[0].replace(/'\/.*'/, "'PATH'")),
  'wrong arguments': (t) => [t.caught(() => require()), t.caught(() => require(5))],
  'builtin lists': () => ['fs', 'path', 'crypto', 'http', 'https', 'zlib', 'net', 'dns', 'child_process', 'worker_threads', 'readline', 'vm', 'v8', 'cluster', 'tls', 'dgram', 'http2', 'repl', 'inspector', 'async_hooks', 'fs/promises', 'stream/web', 'util/types', 'nope'].map((n) => [n, Module.isBuiltin(n)]),
  'builtins load': (t) => ['http', 'https', 'zlib', 'net', 'dns', 'child_process', 'worker_threads', 'readline', 'vm', 'v8', 'cluster', 'tls', 'dgram', 'http2', 'domain', 'tty', 'punycode', 'readline/promises', 'dns/promises', 'inspector', 'trace_events', 'wasi', 'constants', 'sys'].map((n) => [n, t.caught(() => require(n))]),
  'with and without prefix': () => [require('fs') === require('node:fs'), require.resolve('fs'), require.resolve('node:fs'), require('path/posix') === require('path').posix],
  'createRequire': (t) => [Module.createRequire(__filename)('path') === require('path'), t.caught(() => Module.createRequire('x'))],
  'module object': () => [Object.keys(module).sort(), module.loaded, 'main' in require, module.children.length >= 0, module.paths.length > 0, typeof require.cache, typeof require.extensions['.js'], typeof module.require],
  'this and globals': () => [typeof __filename, typeof __dirname, typeof exports, this === undefined, typeof globalThis.require, (function () { return this === globalThis; })()],
  'dynamic import of a builtin': async () => { const ns = await import('fs'); return [ns.default === require('fs'), typeof ns.readFileSync, Object.prototype.toString.call(ns)]; },
  'dynamic import of a missing module': async (t) => [(await t.rejected(() => import('no-such-package'))).replace(/ imported from .*/, ''), (await t.rejected(() => import('node:zz')))],
  'dynamic import of commonjs': async () => { const ns = await import('./path.js'); return [Object.keys(ns.default).length, typeof ns['module.exports']]; },
  'import of data': async () => (await import('data:text/javascript,export default 5')).default,
  'names of the module': () => ['createRequire', 'builtinModules', 'isBuiltin', 'Module', '_load', '_resolveFilename', '_cache', '_extensions', '_nodeModulePaths', 'findSourceMap', 'syncBuiltinESMExports', 'register', 'wrap'].filter((n) => Module[n] === undefined),
};
