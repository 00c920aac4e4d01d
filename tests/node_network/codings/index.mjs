import { get } from 'node:http';
export const handler = async ({ base }) => {
  const out = {};
  for (const coding of ['gzip', 'deflate', 'br', 'identity']) {
    const res = await fetch(`${base}/coded?coding=${coding}`);
    const text = await res.text();
    out[coding] = [text.length, text.slice(0, 10), res.headers.get('content-encoding')];
  }
  // node:http decodes nothing.
  out.raw = await new Promise((resolve) => get(`${base}/coded?coding=gzip`, (res) => { const pieces = []; res.on('data', (d) => pieces.push(d)).on('end', () => resolve([...Buffer.concat(pieces).subarray(0, 2)])); }));
  out.broken = await fetch(`${base}/coded?coding=broken`).then((res) => res.text()).then(() => 'no error', (error) => error.name);
  out.stream = await (async () => { let length = 0; for await (const piece of (await fetch(`${base}/coded?coding=gzip`)).body) length += piece.length; return length; })();
  return out;
};
