import { request } from 'node:http';
import { createHash } from 'node:crypto';
const SIZE = 8 << 20;
const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');
const collect = async (res) => { const pieces = []; for await (const piece of res) pieces.push(piece); return Buffer.concat(pieces); };
export const handler = async ({ base }) => {
  const data = Buffer.alloc(SIZE, 7);
  for (let at = 0; at < SIZE; at += 4096) data.writeUInt32LE(at, at);
  const sent = digest(data);
  const back = Buffer.from(await (await fetch(`${base}/pipe`, { method: 'POST', body: data })).arrayBuffer());
  const down = Buffer.from(await (await fetch(`${base}/big?n=${SIZE}`)).arrayBuffer());
  const node = await new Promise((resolve, reject) => request(`${base}/pipe`, { method: 'PUT' }, (res) => collect(res).then(resolve, reject)).on('error', reject).end(data));
  const up = await (await fetch(`${base}/count`, { method: 'POST', body: data })).text();
  return { fetched: [back.length, digest(back) === sent], down: [down.length, down.every((byte) => byte === 1) && down[0]], node: [node.length, digest(node) === sent], up };
};
