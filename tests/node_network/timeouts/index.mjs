import { get, request } from 'node:http';
export const handler = async ({ base, port }) => ({
  option: await new Promise((resolve) => { const req = request({ host: '127.0.0.1', port, path: '/never', timeout: 30 }, () => resolve('answered')); req.on('timeout', () => { resolve(['timeout', req.destroyed]); req.destroy(); }); req.on('error', () => {}); req.end(); }),
  method: await new Promise((resolve) => { const req = get(`${base}/never`); req.setTimeout(30, () => req.destroy(new Error('took too long'))); req.on('error', (error) => resolve(error.message)); }),
  socket: await new Promise((resolve) => { const req = get(`${base}/never`); req.on('socket', (socket) => { socket.setTimeout(30); socket.on('timeout', () => { resolve('socket timeout'); req.destroy(); }); }); req.on('error', () => {}); }),
  response: await new Promise((resolve) => { const req = get(`${base}/start`, (res) => { res.resume(); res.on('error', () => {}); res.setTimeout(30, () => { resolve('response timeout'); req.destroy(); }); }); req.on('error', () => {}); }),
  inTime: await new Promise((resolve) => { const req = get(`${base}/echo`, (res) => res.resume().on('end', () => resolve('in time'))); req.setTimeout(5000, () => resolve('too late')); }),
  cleared: await new Promise((resolve) => { const req = get(`${base}/wait?ms=60`, (res) => res.resume().on('end', () => resolve('not timed out'))); req.setTimeout(20, () => resolve('timed out')); req.setTimeout(0); }),
});
