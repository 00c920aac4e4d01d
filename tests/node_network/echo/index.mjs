import http, { get, request } from 'node:http';
const read = async (res) => { let text = ''; for await (const piece of res.setEncoding('utf8')) text += piece; return text; };
const ask = (...args) => new Promise((resolve, reject) => { const body = typeof args.at(-1) === 'string' ? args.pop() : undefined; request(...args, (res) => read(res).then((text) => resolve({ status: res.statusCode, ...JSON.parse(text) }), reject)).on('error', reject).end(body); });
export const handler = async ({ base, port }) => ({
  get: await new Promise((resolve, reject) => get(`${base}/echo?a=1`, (res) => read(res).then(JSON.parse).then(resolve, reject))),
  url: await ask(new URL(`${base}/echo/%20x?y=%C3%A4`), { headers: { 'X-One': 'a' } }),
  options: await ask({ hostname: '127.0.0.1', port, path: '/echo', method: 'PUT', headers: { 'X-List': ['1', '2'], 'content-type': 'text/plain' } }, 'body'),
  pairs: await ask({ host: '127.0.0.1', port, path: '/echo', method: 'post', headers: ['X-A', '1', 'Host', 'other.test', 'X-A', '2', 'Content-Length', '2'] }, 'hi'),
  auth: await ask({ host: '127.0.0.1', port, path: '/echo', auth: 'user:pass', setHost: false, headers: { host: 'h' } }),
  delete: await ask(`${base}/echo`, { method: 'DELETE' }),
  head: await new Promise((resolve) => request(`${base}/echo`, { method: 'HEAD' }, (res) => read(res).then((text) => resolve([res.statusCode, text, res.complete]))).end()),
  fetched: await (await fetch(`${base}/echo?b=2`, { method: 'PATCH', body: 'ünï', headers: { 'x-b': 'c' } })).json(),
  params: await (await fetch(`${base}/echo`, { method: 'POST', body: new URLSearchParams({ a: '1 &' }) })).json(),
  buffer: await (await fetch(`${base}/echo`, { method: 'POST', body: new Uint8Array([104, 105]) })).json(),
  blob: await (await fetch(`${base}/echo`, { method: 'POST', body: new Blob(['blob'], { type: 'text/x' }) })).json(),
  request: await (await fetch(new Request(`${base}/echo`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }))).json(),
  form: await (async () => { const form = new FormData(); form.append('a', '1'); form.append('f', new File(['text'], 'f.txt', { type: 'text/plain' })); const { body, headers } = await (await fetch(`${base}/echo`, { method: 'POST', body: form })).json(); const [boundary] = body.split('\r\n'); return [body.replaceAll(boundary, 'B'), headers['content-type'] === `multipart/form-data; boundary=${boundary.slice(2)}`]; })(),
  formBack: await (async () => { const form = new FormData(); form.append('a', 'ä'); form.append('f', new File(['text'], 'f.txt', { type: 'text/plain' })); const back = await (await fetch(`${base}/pipe`, { method: 'POST', body: form, headers: {} })).text(); const boundary = back.split('\r\n')[0].slice(2); const parsed = await new Response(back, { headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } }).formData(); return [parsed.get('a'), parsed.get('f').name, parsed.get('f').type, await parsed.get('f').text()]; })(),
});
