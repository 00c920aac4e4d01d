import http, { Agent, get } from 'node:http';
const connection = (options) => new Promise((resolve, reject) => { const req = get(options, (res) => { let text = ''; res.on('data', (d) => { text += d; }).on('end', () => setImmediate(() => resolve([+text, req.reusedSocket, res.headers.connection]))); }).on('error', reject); });
export const handler = async ({ base, port }) => {
  const at = { host: '127.0.0.1', port, path: '/connection' };
  const agent = new Agent({ keepAlive: true });
  const kept = []; for (let i = 0; i < 3; i++) kept.push(await connection({ ...at, agent }));
  const name = agent.getName(at);
  const waiting = agent.freeSockets[name]?.length;
  agent.destroy();
  const closing = []; const short = new Agent(); for (let i = 0; i < 2; i++) closing.push(await connection({ ...at, agent: short }));
  const without = []; for (let i = 0; i < 2; i++) without.push(await connection({ ...at, agent: false }));
  const fetched = new Set(); for (let i = 0; i < 4; i++) fetched.add(await (await fetch(`${base}/connection`)).text());
  const limited = new Agent({ keepAlive: true, maxSockets: 1 });
  const queue = [1, 2, 3].map(() => connection({ ...at, agent: limited }));
  const queued = limited.requests[name]?.length;
  const used = new Set((await Promise.all(queue)).map(([number]) => number));
  limited.destroy();
  return { same: new Set(kept.map(([number]) => number)).size, reused: kept.map(([, reused]) => reused), waiting, name: name.replace(`${port}`, 'PORT'), closed: new Set(closing.map(([number]) => number)).size, connection: closing.map(([, , header]) => header), without: new Set(without.map(([number]) => number)).size, fetched: fetched.size <= 2, queued, used: used.size };
};
