import { get, request } from 'node:http';
const told = ({ name, message, code, errno, syscall, address, port, hostname }) => ({ name, message, code, errno, syscall, address, port: port && 'PORT', hostname });
const clean = (value, port) => JSON.parse(JSON.stringify(value).replaceAll(`:${port}`, ':PORT'));
export const handler = async ({ base, refused }) => clean({
  refused: await new Promise((resolve) => get(`http://127.0.0.1:${refused}/`).on('error', (error) => resolve(told(error)))),
  fetchRefused: await fetch(`http://127.0.0.1:${refused}/`).catch((error) => [error.name, error.message, told(error.cause)]),
  hangUp: await new Promise((resolve) => get(`${base}/hangup`).on('error', (error) => resolve(told(error)))),
  fetchHangUp: await fetch(`${base}/hangup`).catch((error) => [error.name, error.message, error.cause.name, error.cause.message, error.cause.code]),
  half: await new Promise((resolve) => get(`${base}/half`, (res) => { const events = []; res.on('data', (d) => events.push(`${d}`)); res.on('aborted', () => events.push('aborted')); res.on('error', (error) => events.push(told(error))); res.on('close', () => resolve([events, res.complete])); })),
  fetchHalf: await (async () => { const res = await fetch(`${base}/half`); return res.text().catch((error) => [error.name, error.message]); })(),
  postHangUp: await new Promise((resolve) => request(`${base}/hangup`, { method: 'POST' }).on('error', (error) => resolve(error.code)).end('x'.repeat(1000))),
  unlistened: await new Promise((resolve) => { const req = get(`${base}/hangup`); req.on('error', () => {}); req.on('close', () => resolve('closed')); }),
  scheme: await fetch('ftp://x/').catch((error) => [error.name, error.message, error.cause.message]),
  badPort: await fetch('http://127.0.0.1:25/').catch((error) => [error.name, error.message, error.cause.message]),
  noUrl: await fetch('/x').catch((error) => [error.name, error.message, error.cause.code]),
  asyncThrow: await (async () => { try { await (await fetch(`${base}/status?code=500`)).json(); } catch (error) { return error.name; } })(),
}, refused);
