import { get } from 'node:http';
export const handler = async ({ base, port }) => ({
  fetch: await fetch('https://example.com/x').catch((error) => [error.name, error.message, error.cause.code, error.cause.message]),
  again: await fetch('https://example.com/y').catch((error) => error.cause.code),
  http: await new Promise((resolve) => get('http://example.com:81/').on('error', (error) => resolve([error.code, error.message]))),
  aws: await fetch('https://sqs.eu-west-1.amazonaws.com/').catch((error) => error.cause.message),
  redirected: await fetch(`${base}/redirect?status=302&to=${encodeURIComponent(`http://localhost:${port}/echo`)}`).catch((error) => error.cause.code),
  metadata: await fetch('http://169.254.169.254/latest/meta-data/').catch((error) => error.cause.code),
  tunnel: await new Promise((resolve) => get({ host: '127.0.0.1', port, method: 'CONNECT', path: 'example.com:443' }).on('error', (error) => resolve([error.code, error.message]))),
  socketPath: await new Promise((resolve) => get({ socketPath: '/var/run/docker.sock', path: '/' }).on('error', (error) => resolve(error.message))),
  allowed: (await fetch(`${base}/echo`)).status,
});
