import { request } from 'node:http';
export const handler = async ({ base }) => new Promise((resolve, reject) => {
  const events = [];
  const req = request(`${base}/echo`, { method: 'PUT', headers: { Expect: '100-continue', 'Content-Length': 5 } }, (res) => { let text = ''; res.on('data', (d) => { text += d; }).on('end', () => resolve([events, JSON.parse(text).body])); });
  req.on('continue', () => { events.push('continue'); req.end('hello'); }).on('error', reject);
});
