const http = require('http');
const https = require('https');
const { Writable } = require('stream');
/** A response whose text is kept: what a socket would have got. */
const written = (run, request = { method: 'GET', httpVersionMajor: 1, httpVersionMinor: 1, headers: {} }) => new Promise((resolve) => {
  const pieces = [];
  const socket = new Writable({ write: (chunk, encoding, callback) => { pieces.push(Buffer.from(chunk)); callback(); } });
  const response = new http.ServerResponse(request);
  response.sendDate = false;
  response.assignSocket(socket);
  const events = [];
  for (const name of ['prefinish', 'finish', 'close', 'error']) response.on(name, (e) => events.push(e ? `${name} ${e.code}` : name));
  const value = run(response, socket);
  setTimeout(() => resolve([Buffer.concat(pieces).toString('latin1'), events, value]), 5);
});
const fake = () => { const r = new http.OutgoingMessage(); return r; };
module.exports = {
  'module': () => [Object.keys(http).sort(), typeof http.maxHeaderSize, http.METHODS.length > 30, http.STATUS_CODES[418], Object.keys(http.STATUS_CODES).length],
  'module https': () => [Object.keys(https).sort(), https.globalAgent.protocol, https.globalAgent.defaultPort],
  'methods and codes': () => [http.METHODS.filter((m) => /^[A-P]/.test(m)), http.STATUS_CODES],
  'validateHeaderName': (t) => ['a', 'X-Y', '', 'a b', 'ä', undefined, 5, 'a:'].map((n) => t.caught(() => http.validateHeaderName(n))),
  'validateHeaderValue': (t) => ['x', '', undefined, 'é', '☃', 'a\nb', 5, null, ['a']].map((v) => t.caught(() => http.validateHeaderValue('h', v))),
  'prototypes': () => [Object.getPrototypeOf(http.IncomingMessage) === require('stream').Readable, Object.getPrototypeOf(http.OutgoingMessage) === require('stream').Stream, http.ServerResponse.prototype instanceof http.OutgoingMessage, http.ClientRequest.prototype instanceof http.OutgoingMessage, https.Agent.prototype instanceof http.Agent, http.Agent.prototype instanceof require('events')],
  'outgoing headers': (t) => { const m = fake(); m.setHeader('X-A', '1'); m.setHeader('x-b', ['2', '3']); m.setHeader('X-a', 4); m.appendHeader('x-b', '5'); m.appendHeader('new', '6'); m.removeHeader('nope'); return [m.getHeaders(), m.getHeaderNames(), m.getRawHeaderNames(), m.hasHeader('X-B'), m.getHeader('nope'), m.headersSent, t.caught(() => m.setHeader('a b', 'c')), t.caught(() => m.setHeader('a', undefined)), t.caught(() => m.getHeader()), t.caught(() => m.setHeader('a', 'x\ry')), t.caught(() => m._implicitHeader())]; },
  'outgoing setHeaders': (t) => { const m = fake(); m.setHeaders(new Map([['a', '1'], ['b', ['2', '3']]])); m.setHeaders(new Headers([['set-cookie', 'x'], ['set-cookie', 'y']])); return [m.getHeaders(), t.caught(() => m.setHeaders({ a: 1 }))]; },
  'outgoing state': () => { const m = fake(); return ['writable', 'destroyed', 'finished', 'headersSent', 'chunkedEncoding', 'shouldKeepAlive', 'useChunkedEncodingByDefault', 'sendDate', 'writableEnded', 'writableFinished', 'writableLength', 'writableObjectMode', 'writableCorked', 'socket', 'connection', 'writableHighWaterMark', 'errored', 'closed'].map((k) => [k, m[k]]); },
  'response end': () => written((r) => { r.setHeader('X-A', 'b'); r.end('hello'); return [r.finished, r.headersSent, r.writableEnded]; }),
  'response chunks': () => written((r) => { r.write('one'); r.write(Buffer.from('two')); r.write('6869', 'hex'); r.end('three'); }),
  'response writeHead': () => written((r) => { r.writeHead(201, 'Made', { 'Content-Type': 'text/plain', 'Set-Cookie': ['a', 'b'] }); r.end('x'); return [r.statusCode, r.statusMessage]; }),
  'response writeHead of set headers': () => written((r) => { r.setHeader('a', '1'); r.setHeader('b', '2'); r.writeHead(200, { A: '3', c: '4' }); r.end(); return r.getHeaders(); }),
  'response writeHead with pairs': () => written((r) => { r.writeHead(200, ['x', '1', 'y', '2', 'x', '3']); r.end(); }),
  'response content length': () => written((r) => { r.setHeader('Content-Length', 3); r.write('a'); r.end('bc'); }),
  'response 204': () => written((r) => { r.statusCode = 204; r.end(); }),
  'response 304 with body': () => written((r) => { r.statusCode = 304; r.end('ignored'); }),
  'response to HEAD': () => written((r) => { r.end('ignored'); }, { method: 'HEAD', httpVersionMajor: 1, httpVersionMinor: 1, headers: {} }),
  'response to 1.0': () => written((r) => { r.write('a'); r.end('b'); }, { method: 'GET', httpVersionMajor: 1, httpVersionMinor: 0, headers: {} }),
  'response trailers': () => written((r) => { r.setHeader('Trailer', 'x-t'); r.write('a'); r.addTrailers({ 'x-t': 'v' }); r.end(); }),
  'response removed headers': () => written((r) => { r.removeHeader('connection'); r.removeHeader('transfer-encoding'); r.write('a'); r.end(); }),
  'response flushHeaders': () => written((r) => { r.flushHeaders(); const sent = r.headersSent; r.end('x'); return sent; }),
  'response writeContinue': () => written((r) => { r.writeContinue(); r.writeProcessing(); r.end('x'); }),
  'response early hints': () => written((r) => { r.writeEarlyHints({ link: '</a>; rel=preload' }); r.end('x'); }),
  'response errors': (t) => written((r) => { const e = [t.caught(() => r.writeHead(99)), t.caught(() => r.writeHead(1000)), t.caught(() => r.writeHead('x')), t.caught(() => r.write(null)), t.caught(() => r.write(5)), t.caught(() => { r.statusMessage = 'a\nb'; r.writeHead(200); })]; r.statusMessage = undefined; r.end('x'); e.push(t.caught(() => r.setHeader('a', 'b')), t.caught(() => r.removeHeader('a')), t.caught(() => r.writeHead(200)), t.caught(() => r.appendHeader('a', 'b')), t.caught(() => r.assignSocket(r.socket))); return e; }),
  'response write after end': (t) => written((r) => { r.on('error', () => {}); r.end('x'); r.write('y'); r.end('z'); r.end(); }),
  'response callbacks': () => new Promise((resolve) => { const order = []; const r = new http.ServerResponse({ method: 'GET', httpVersionMajor: 1, httpVersionMinor: 1, headers: {} }); r.assignSocket(new Writable({ write: (c, e, cb) => cb() })); r.write('a', () => order.push('write')); r.on('finish', () => order.push('finish')); r.end('b', () => { order.push('end'); setTimeout(() => resolve(order), 2); }); }),
  'response without a socket': () => { const r = new http.ServerResponse({ method: 'GET', httpVersionMajor: 1, httpVersionMinor: 1, headers: {} }); r.sendDate = false; r.write('a'); r.end('b'); return [r.outputData.map(({ data, encoding }) => [String(data), encoding]), r.outputSize, r._header, r.writableLength, r.writableFinished]; },
  'response detachSocket': () => written((r, s) => { r.detachSocket(s); const gone = r.socket; r.assignSocket(s); r.end('x'); return gone; }),
  'response keep-alive header': () => written((r) => { r._keepAliveTimeout = 5000; r.end('x'); }),
  'response connection close': () => written((r) => { r.setHeader('Connection', 'close'); r.end('x'); return [r._last, r.shouldKeepAlive]; }),
  'response strictContentLength': (t) => written((r) => { r.strictContentLength = true; r.setHeader('Content-Length', 2); const e = t.caught(() => { r.writeHead(200); r.write('abc'); }); r.destroy(); return e; }),
  'response destroy': () => written((r, s) => { r.destroy(); return [r.destroyed, s.destroyed, r.write('x')]; }),
  'response pipe': () => written((r) => { r.on('error', () => {}); r.pipe(); }),
  'incoming': () => { const m = new http.IncomingMessage(); return ['httpVersion', 'complete', 'headers', 'rawHeaders', 'trailers', 'rawTrailers', 'aborted', 'upgrade', 'url', 'method', 'statusCode', 'statusMessage', 'headersDistinct', 'readable'].map((k) => [k, m[k]]); },
  'incoming header lines': () => { const m = new http.IncomingMessage(); const d = {}; for (const [n, v] of [['Set-Cookie', 'a'], ['set-cookie', 'b'], ['Cookie', 'c'], ['cookie', 'd'], ['Host', 'h1'], ['Host', 'h2'], ['X', '1'], ['x', '2'], ['Content-Length', '1'], ['content-length', '2'], ['ETag', 'e1'], ['etag', 'e2'], ['Accept', 'a'], ['accept', 'b']]) m._addHeaderLine(n, v, d); return d; },
  'incoming headers of raw ones': () => { const m = new http.IncomingMessage(); m.rawHeaders = ['A', '1', 'a', '2', 'Set-Cookie', 'x']; return [m.headers, m.headersDistinct]; },
  'incoming read': async () => { const m = new http.IncomingMessage(new (require('net').Socket)()); m.complete = true; m.push('a'); m.push('b'); m.push(null); let s = ''; for await (const c of m) s += c; return s; },
  'incoming subclass': async () => { class Q extends http.IncomingMessage { constructor(b) { super({ encrypted: true, destroy() {} }); Object.assign(this, { method: 'POST', headers: { a: 'b' }, url: '/x', complete: true }); this._read = () => { this.push(b); this.push(null); }; } } const q = new Q('body'); let s = ''; for await (const c of q) s += c; return [s, q.headers, q.method, q.connection.encrypted]; },
  'agent': (t) => { const a = new http.Agent({ keepAlive: true, maxSockets: 5, timeout: 100 }); return [a.maxSockets, a.maxFreeSockets, a.keepAlive, a.keepAliveMsecs, a.scheduling, a.maxTotalSockets, a.totalSocketCount, a.defaultPort, a.protocol, a.options, a.sockets, a.requests, a.freeSockets, t.caught(() => new http.Agent({ scheduling: 'x' })), t.caught(() => new http.Agent({ maxTotalSockets: -1 })), t.caught(() => new http.Agent({ maxTotalSockets: 'x' }))]; },
  'agent names': () => { const a = new http.Agent(); const s = new https.Agent(); return [a.getName({ host: 'h', port: 80, localAddress: 'l' }), a.getName(), a.getName({ host: 'h', family: 6 }), a.getName({ socketPath: '/s' }), s.getName({ host: 'h', port: 443 }), s.getName({ host: 'h', ca: 'c', rejectUnauthorized: false, servername: 'x' })]; },
  'agent without new': () => [http.Agent() instanceof http.Agent, https.Agent() instanceof https.Agent],
  'request errors': (t) => [t.caught(() => http.request({ method: 'a b' })), t.caught(() => http.request({ path: 'a b' })), t.caught(() => http.request('ftp://x')), t.caught(() => http.request('x')), t.caught(() => http.request({ protocol: 'https:' })), t.caught(() => http.request({ host: 5 })), t.caught(() => http.request({ hostname: {} })), t.caught(() => http.request({ method: 5 })), t.caught(() => http.request({ agent: {} })), t.caught(() => http.request({ timeout: 'x', agent: false })), t.caught(() => http.request({ headers: { 'a b': 'c' } })), t.caught(() => http.request({ headers: { a: undefined } })), t.caught(() => https.request('http://x'))],
  'request members': () => { const q = http.request({ host: 'nowhere.invalid', path: '/p?q', method: 'put', headers: { A: 'b' } }); q.on('error', () => {}); q.destroy(); return [q.method, q.path, q.host, q.protocol, q.getHeaders(), q.aborted, q.destroyed, q.reusedSocket, q.maxHeadersCount, q.shouldKeepAlive, q.agent === http.globalAgent, q.finished, q.socket]; },
  'request of an url': () => { const q = https.request(new URL('https://u:p%40@nowhere.invalid:8443/a%20b?c#d'), { headers: { x: 'y' } }); q.on('error', () => {}); q.destroy(); return [q.path, q.host, q.protocol, q.getHeaders()]; },
  'request host header': () => [{ host: 'a.invalid', port: 80 }, { host: 'a.invalid', port: 81 }, { hostname: 'b.invalid', host: 'a.invalid' }, { host: '::1', port: 8 }, { host: 'a.invalid', setHost: false }, { host: 'a.invalid', headers: { host: 'mine' } }, { host: 'a.invalid', auth: 'u:p' }].map((o) => { const q = http.request(o); q.on('error', () => {}); q.destroy(); return q.getHeaders(); }),
  'request header text': () => [{ method: 'GET' }, { method: 'POST' }, { method: 'DELETE' }, { method: 'POST', headers: { 'Content-Length': 5 } }, { method: 'PUT', headers: { 'Transfer-Encoding': 'chunked' } }, { method: 'POST', agent: false }, { headers: [['X', '1'], ['x', '2']] }].map((o) => { const q = http.request({ host: 'a.invalid', ...o }); q.on('error', () => {}); q.flushHeaders(); q.destroy(); return [q._header, q.chunkedEncoding]; }),
  'request header text of a body': () => ['GET', 'POST', 'DELETE'].map((method) => { const q = http.request({ host: 'a.invalid', method }); q.on('error', () => {}); q.end('hello'); q.destroy(); return q._header; }),
  'request destroyed at once': () => new Promise((resolve) => { const e = []; const q = http.get('http://a.invalid/'); for (const n of ['error', 'close', 'abort', 'socket']) q.on(n, (x) => { e.push(x instanceof Error ? `${n} ${x.code} ${x.message}` : n); if (n === 'close') resolve(e); }); q.destroy(); }),
  'request aborted at once': () => new Promise((resolve) => { const e = []; const q = http.get('http://a.invalid/', { signal: AbortSignal.abort() }); for (const n of ['error', 'close']) q.on(n, (x) => { e.push(x instanceof Error ? `${n} ${x.name} ${x.code} ${x.message}` : n); if (n === 'close') resolve(e); }); }),
  'request late changes': (t) => { const q = http.request({ host: 'a.invalid' }); q.on('error', () => {}); q.flushHeaders(); const r = [t.caught(() => q.setHeader('a', 'b')), t.caught(() => q.removeHeader('a')), q.headersSent]; q.destroy(); return r; },
  'server': () => { const s = http.createServer(() => {}); const r = [s instanceof http.Server, s.listening, s.listenerCount('request'), s.timeout, s.keepAliveTimeout, s.headersTimeout, s.requestTimeout, s.maxHeadersCount, s.address()]; return r; },
  'util.inherits of ServerResponse': () => { const util = require('util'); function R(q) { http.ServerResponse.call(this, q); } util.inherits(R, http.ServerResponse); const r = new R({ method: 'GET', httpVersionMajor: 1, httpVersionMinor: 1, headers: {} }); r.setHeader('a', 'b'); r.writeHead(200); return [r instanceof http.ServerResponse, /^HTTP\/1.1 200 OK\r\na: b\r\nDate: .*GMT\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n$/.test(r._header)]; },
};
