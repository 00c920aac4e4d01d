import { table } from '../table.cjs';
import fetch, { AbortError, Blob, FetchError, FormData, Headers, Request, Response, isRedirect } from 'node-fetch';
import { Readable } from 'node:stream';

const base = process.env.SERVER_URL;
const failed = (promise) => promise.then((response) => ['no error', response.status], (error) => [error.name, error.type, error.code, error instanceof FetchError, error instanceof AbortError]);

export const handler = table({
  get: async () => { const response = await fetch(`${base}/echo?x=1`, { headers: { 'x-a': 'b' } }); return [response.ok, response.status, response.statusText, response.headers.get('content-type'), response.redirected, await response.json(), response.bodyUsed]; },
  post: async () => (await fetch(`${base}/echo`, { method: 'POST', body: JSON.stringify({ a: 'ü' }), headers: { 'Content-Type': 'application/json' } })).json(),
  'bodies of all kinds': async () => { const form = new FormData(); form.set('field', 'value'); form.set('file', new Blob(['content'], { type: 'text/plain' }), 'a.txt'); const told = []; for (const body of [new URLSearchParams({ a: 'b c' }), Buffer.from('bytes'), new Blob(['blob'], { type: 'x/y' }), Readable.from(['str', 'eam']), Uint8Array.of(65, 66)]) told.push(await (await fetch(`${base}/echo`, { method: 'PUT', body })).json()); const sent = await (await fetch(`${base}/echo`, { method: 'POST', body: form })).json(); return [told, sent.body.replace(/-+\d+(--)?/g, '<boundary>').replace(/\r\n/g, '|')]; },
  'errors of status are no errors': async () => { const response = await fetch(`${base}/status/404`); return [response.ok, response.status, await response.json()]; },
  'a body twice': async () => { const response = await fetch(`${base}/text`); await response.text(); return response.text().catch((error) => [error.name, error.message]); },
  clones: async () => { const response = await fetch(`${base}/text`); const copy = response.clone(); return [await response.text(), await copy.text()]; },
  redirects: async () => { const followed = await fetch(`${base}/redirect/2`); const manual = await fetch(`${base}/redirect/1`, { redirect: 'manual' }); return [followed.redirected, followed.url.endsWith('/echo?redirected=yes'), manual.status, isRedirect(manual.status), await failed(fetch(`${base}/redirect/1`, { redirect: 'error' })), await failed(fetch(`${base}/redirect/9`, { follow: 2 }))]; },
  gzip: async () => (await fetch(`${base}/gzip`)).json(),
  'streams and bytes': async () => { let size = 0; for await (const chunk of (await fetch(`${base}/bytes/1000`)).body) size += chunk.length; const response = await fetch(`${base}/bytes/10`); return [size, new Uint8Array(await response.arrayBuffer()), (await (await fetch(`${base}/bytes/10`)).blob()).size]; },
  cookies: async () => { const { headers } = await fetch(`${base}/text`); return [headers.raw()['set-cookie'], headers.get('set-cookie')]; },
  aborting: async () => { const controller = new AbortController(); setTimeout(() => controller.abort(), 20); return [await failed(fetch(`${base}/never`, { signal: controller.signal })), await failed(fetch(`${base}/echo`, { signal: AbortSignal.abort() }))]; },
  'errors of the network': async () => { const error = await fetch('http://127.0.0.1:1/').catch((one) => one); return [error.name, error.type, await failed(fetch('nope')), await failed(fetch('ftp://a.b'))]; },
  'limits of size': async () => { const response = await fetch(`${base}/bytes/500`, { size: 100 }); return response.text().catch((error) => [error.name, error.type]); },
  classes: async () => { const headers = new Headers([['a', '1'], ['A', '2'], ['b', '3']]); const request = new Request('http://a.b/c', { method: 'post', body: 'x', headers }); return [[...headers], request.method, request.headers.get('content-type'), await request.text(), await new Response('{"a":1}', { status: 201 }).json(), Response.error().type, Response.json({ a: 1 }).headers.get('content-type'), await (await fetch('data:text/plain;base64,aGk=')).text()]; },
});
