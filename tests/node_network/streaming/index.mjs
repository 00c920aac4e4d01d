import { request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
export const handler = async ({ base }) => ({
  // Each piece is sent when the one before it has come back.
  pingPong: await new Promise((resolve, reject) => {
    const seen = [];
    const req = request(`${base}/pipe`, { method: 'POST' }, (res) => {
      res.setEncoding('utf8');
      res.on('data', (piece) => { seen.push(piece); if (seen.length < 5) req.write(`piece ${seen.length}`); else req.end(); });
      res.on('end', () => resolve(seen));
    }).on('error', reject);
    req.write('piece 0');
  }),
  pieces: await (async () => { const seen = []; for await (const piece of (await fetch(`${base}/pieces?n=4`)).body) seen.push(new TextDecoder().decode(piece)); return seen; })(),
  reader: await (async () => { const reader = (await fetch(`${base}/pieces?n=2`)).body.getReader(); const all = []; for (;;) { const { done, value } = await reader.read(); if (done) return all; all.push(value instanceof Uint8Array, new TextDecoder().decode(value)); } })(),
  upload: await (await fetch(`${base}/pipe`, { method: 'POST', duplex: 'half', body: new ReadableStream({ count: 0, async pull(controller) { await pause(); controller.enqueue(new TextEncoder().encode(`${this.count++};`)); if (this.count === 5) controller.close(); } }) })).text(),
  generator: await (await fetch(`${base}/pipe`, { method: 'POST', duplex: 'half', body: (async function* () { yield 'a'; await pause(); yield 'b'; })() })).text(),
  piped: await new Promise((resolve, reject) => { const req = request(`${base}/count`, { method: 'POST' }, (res) => { let text = ''; res.on('data', (d) => { text += d; }).on('end', () => resolve(text)); }); pipeline(Readable.from((function* () { for (let i = 0; i < 40; i++) yield Buffer.alloc(50_000, i); })()), req).catch(reject); }),
  webPipe: await (async () => { const seen = []; await (await fetch(`${base}/pieces?n=3`)).body.pipeThrough(new TextDecoderStream()).pipeTo(new WritableStream({ write: (text) => { seen.push(text); } })); return seen; })(),
  lengths: await new Promise((resolve) => { const req = request(`${base}/echo`, { method: 'POST', headers: { 'content-length': 6 } }, (res) => { let text = ''; res.on('data', (d) => { text += d; }).on('end', () => resolve([JSON.parse(text).headers['content-length'], JSON.parse(text).body])); }); req.write('abc'); setTimeout(() => req.end('def'), 5); }),
});
