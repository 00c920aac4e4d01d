const told = (run) => { try { return run() ?? 'no error'; } catch (error) { return `${error.code}: ${error.message}`; } };
const net = require('net'); const tls = require('node:tls'); const dns = require('dns'); const dgram = require('dgram'); const http = require('http'); const http2 = require('http2');
const { Worker, ...threads } = require('worker_threads'); const cluster = require('cluster'); const vm = require('vm'); const v8 = require('v8');
class Mine extends net.Socket { constructor() { super(); this.mine = true; } }
exports.handler = async () => ({
  spawn: told(() => require('child_process').spawn('ls')),
  promisified: await require('util').promisify(require('child_process').exec)('ls').catch((error) => error.code),
  connect: told(() => net.connect(80, 'example.com')),
  socket: [new Mine().mine, told(() => new Mine().connect(80))],
  listen: told(() => http.createServer(() => {}).listen(8080)),
  tls: told(() => tls.connect(443, 'example.com')),
  secured: [tls.rootCertificates.length, tls.checkServerIdentity('a.example.com', { subjectaltname: 'DNS:*.example.com' }) ?? null, tls.checkServerIdentity('b.test', { subjectaltname: 'DNS:a.test' }).code],
  dns: [told(() => dns.lookup('example.com', () => {})), dns.NOTFOUND, dns.getServers()],
  local: await dns.promises.lookup('localhost'),
  resolve: await require('dns/promises').resolve4('example.com').catch((error) => error.code),
  datagram: await new Promise((resolve) => dgram.createSocket('udp4').send('x', 1, 'localhost', (error) => resolve(error.message))),
  http2: [http2.constants.HTTP2_HEADER_STATUS, http2.constants.HTTP_STATUS_OK, told(() => http2.createServer())],
  threads: [threads.isMainThread, threads.threadId, threads.parentPort, told(() => new Worker('x'))],
  cluster: [cluster.isPrimary, cluster.isWorker, told(() => cluster.fork())],
  vm: [vm.runInThisContext('1 + 1'), new vm.Script('2 + 2').runInThisContext(), vm.compileFunction('return a * 2', ['a'])(4), told(() => vm.runInNewContext('1'))],
  v8: [v8.getHeapStatistics().heap_size_limit > 0, v8.deserialize(v8.serialize({ a: [1, 'ü', new Map([[1, new Date(5)]])] })), told(() => v8.getHeapSnapshot())],
  inspector: told(() => require('inspector').open()),
  repl: told(() => require('repl').start()),
  wasi: told(() => new (require('wasi').WASI)({})),
  tracing: told(() => require('trace_events').createTracing({ categories: [] })),
  sqlite: told(() => new (require('node:sqlite').DatabaseSync)(':memory:')),
  test: told(() => require('node:test')('x', () => {})),
  sea: require('node:sea').isSea(),
  domain: await new Promise((resolve) => { const domain = require('domain').create(); domain.on('error', (error) => resolve(error.message)); domain.run(() => { const emitter = new (require('events'))(); domain.add(emitter); emitter.emit('error', new Error('in the domain')); }); }),
});
