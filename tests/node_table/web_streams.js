const web = require('stream/web');
const { Readable, Writable } = require('stream');
module.exports = {
  'read all': async () => { const s = new ReadableStream({ start(c) { c.enqueue('a'); c.enqueue('b'); c.close(); } }); const o = []; for await (const c of s) o.push(c); return o; },
  'reader': async (t) => { const s = new ReadableStream({ pull(c) { c.enqueue(1); c.close(); } }); const r = s.getReader(); return [s.locked, await r.read(), await r.read(), t.caught(() => s.getReader())]; },
  'pipe': async () => { const o = []; await new ReadableStream({ start(c) { c.enqueue('x'); c.close(); } }).pipeThrough(new TransformStream({ transform(c, k) { k.enqueue(c + c); } })).pipeTo(new WritableStream({ write(c) { o.push(c); }, close() { o.push('closed'); } })); return o; },
  'tee': async () => { const [a, b] = new ReadableStream({ start(c) { c.enqueue(1); c.close(); } }).tee(); return [await a.getReader().read(), await b.getReader().read()]; },
  'errors': async (t) => { const s = new ReadableStream({ start(c) { c.error(new TypeError('e')); } }); return [await t.rejected(() => s.getReader().read())]; },
  'cancel': async () => { let why; const s = new ReadableStream({ cancel(r) { why = r; } }); await s.cancel('enough'); return why; },
  'ReadableStream.from': async () => { const o = []; for await (const c of ReadableStream.from(['a', 'b'])) o.push(c); return o; },
  'toWeb and fromWeb': async () => { const o = []; for await (const c of Readable.toWeb(Readable.from(['a', 'b']))) o.push(c); for await (const c of Readable.fromWeb(new ReadableStream({ start(c) { c.enqueue('z'); c.close(); } }))) o.push(String(c)); return o; },
  'text streams': async () => { const o = []; for await (const c of new ReadableStream({ start(c) { c.enqueue('é'); c.close(); } }).pipeThrough(new TextEncoderStream()).pipeThrough(new TextDecoderStream())) o.push(c); return o; },
  'strategies': () => [new CountQueuingStrategy({ highWaterMark: 2 }).size(), new ByteLengthQueuingStrategy({ highWaterMark: 2 }).size(new Uint8Array(3)), new CountQueuingStrategy({ highWaterMark: 4 }).highWaterMark],
  'bytes': async () => { const s = new ReadableStream({ type: 'bytes', pull(c) { c.byobRequest ? (c.byobRequest.view[0] = 7, c.byobRequest.respond(1)) : c.enqueue(new Uint8Array([7])); } }); const r = s.getReader({ mode: 'byob' }); const { value, done } = await r.read(new Uint8Array(4)); return [Array.from(value), done]; },
  'inspect': () => [new ReadableStream(), new WritableStream(), new TransformStream()].map((s) => require('util').inspect(s)),
  'names': () => Object.keys(web).filter((k) => !/Compression/.test(k)).sort(),
  'a response': async () => { const r = new Response('{"a":1}', { status: 201, headers: { 'Content-Type': 'application/json' } }); return [r.status, r.ok, r.headers.get('content-type'), await r.json(), r.bodyUsed]; },
  'a request': async () => { const r = new Request('http://h/p', { method: 'post', body: 'x', headers: { a: 'b' } }); return [r.method, r.url, r.headers.get('A'), await r.text()]; },
  'headers': (t) => { const h = new Headers([['b', '2'], ['a', '1']]); h.append('a', '3'); return [[...h], h.get('a'), h.has('B'), t.caught(() => h.set('a b', 'x'))]; },
  'compression': async () => { const through = async (bytes, pair) => new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(pair)).arrayBuffer()); const o = []; for (const f of ['gzip', 'deflate', 'deflate-raw']) { const packed = await through(Buffer.from('hello '.repeat(100)), new CompressionStream(f)); o.push(packed.length < 100, Buffer.from(await through(packed, new DecompressionStream(f))).toString().length); } return o; },
  'compression errors': (t) => [t.caught(() => new CompressionStream('x')).split(':')[0], t.caught(() => new DecompressionStream()).split(':')[0]],
};
