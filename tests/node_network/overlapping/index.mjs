import { get } from 'node:http';
export const handler = async ({ base }) => {
  // The server answers none of these before all twenty are there.
  const fetched = await Promise.all(Array.from({ length: 20 }, async (_, i) => (await fetch(`${base}/together?n=20&i=${i}`)).text()));
  const got = await Promise.all(Array.from({ length: 20 }, (_, i) => new Promise((resolve, reject) => get(`${base}/together?n=20&i=${i}`, (res) => { let text = ''; res.on('data', (d) => { text += d; }).on('end', () => resolve(text)); }).on('error', reject))));
  return { fetched, got };
};
