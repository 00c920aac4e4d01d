import { table } from '../table.cjs';
import axios, { AxiosError, AxiosHeaders, isAxiosError, isCancel } from 'axios';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

const base = process.env.SERVER_URL;
const client = axios.create({ baseURL: base, timeout: 5000, headers: { 'x-client': 'case' } });
const failed = (promise) => promise.then((response) => ['no error', response.status], (error) => [error.name, error.code, error.message, error.response?.status, error.response?.data, isAxiosError(error), isCancel(error)]);

export const handler = table({
  get: async () => { const { data, status, statusText, headers, config } = await client.get('/echo/a', { params: { q: 'a b&c', list: [1, 2], at: new Date(0), none: undefined } }); return [data, status, statusText, headers['content-type'], headers instanceof AxiosHeaders, config.method, config.url]; },
  'post of JSON': async () => (await client.post('/echo', { name: 'Grüße 😀', nested: [1, { a: null }] })).data,
  'post of a form': async () => [(await client.post('/echo', new URLSearchParams({ a: '1', b: 'x y' }))).data, (await client.postForm('/echo', { a: 1, list: [1, 2] })).data.headers['content-type'].replace(/boundary=.*/, 'boundary'), (await axios.post(`${base}/echo`, { a: { b: 1 } }, { headers: { 'content-type': 'application/x-www-form-urlencoded' } })).data.body],
  'put, patch, delete, head, options': async () => { const results = []; for (const method of ['put', 'patch', 'delete', 'head', 'options']) { const { data, status } = await client.request({ method, url: '/echo', data: method === 'head' ? undefined : 'text' }); results.push([status, data.method, data.body]); } return results; },
  'errors of status': async () => [await failed(client.get('/status/404')), await failed(client.get('/status/503')), await failed(client.get('/status/404', { validateStatus: null }))],
  'errors of the network': async () => { const error = await client.get('http://127.0.0.1:1/').catch((one) => one); return [error instanceof AxiosError, error.response, error.config.url, typeof error.code]; },
  timeout: async () => failed(client.get('/never', { timeout: 50 })),
  cancelling: async () => { const controller = new AbortController(); setTimeout(() => controller.abort(), 20); const source = axios.CancelToken.source(); const second = failed(client.get('/never', { cancelToken: source.token })); source.cancel('enough'); return [await failed(client.get('/never', { signal: controller.signal })), await second]; },
  redirects: async () => { const { data, request } = await client.get('/redirect/3'); return [data.query, request.res.responseUrl.endsWith('/echo?redirected=yes'), await failed(client.get('/redirect/9', { maxRedirects: 2 })), await failed(client.get('/redirect/1', { maxRedirects: 0 }))]; },
  'redirected posts': async () => (await client.post('/redirect/1', { a: 1 })).data,
  gzip: async () => (await client.get('/gzip')).data,
  'kinds of responses': async () => { const bytes = await client.get('/bytes/300', { responseType: 'arraybuffer' }); const stream = await client.get('/text', { responseType: 'stream' }); return [bytes.data.length, Buffer.isBuffer(bytes.data), bytes.data[299], await text(stream.data), (await client.get('/text')).data, (await client.get('/text')).headers['set-cookie'], (await client.get('/status/200', { responseType: 'text', transformResponse: (data) => data })).data]; },
  'bodies of bytes and streams': async () => [(await client.post('/echo', Buffer.from('bytes'))).data, (await client.post('/echo', Readable.from(['one', 'two']))).data],
  interceptors: async () => { const own = axios.create({ baseURL: base }); own.interceptors.request.use((config) => { config.headers.set('x-added', 'yes'); return config; }); own.interceptors.response.use((response) => ({ ...response, data: response.data.headers['x-added'] }), (error) => Promise.resolve({ data: `recovered ${error.response.status}` })); return [(await own.get('/echo')).data, (await own.get('/status/500')).data]; },
  authorization: async () => [(await client.get('/echo', { auth: { username: 'ada', password: 'p:w' } })).data.headers.authorization, (await client.get('/echo', { headers: { Authorization: 'Bearer x' } })).data.headers.authorization],
  transforms: async () => (await client.post('/echo', { a: 1 }, { transformRequest: [(data, headers) => { headers.set('content-type', 'text/plain'); return `a=${data.a}`; }], transformResponse: [(data) => JSON.parse(data).body] })).data,
  limits: async () => [await failed(client.get('/bytes/500', { maxContentLength: 100 })), await failed(client.post('/echo', 'x'.repeat(200), { maxBodyLength: 100 }))],
  'at once': async () => (await axios.all(Array.from({ length: 10 }, (_, at) => client.get(`/echo/${at}`)))).map(({ data }) => data.path),
  'with the adapter fetch': async () => { const own = axios.create({ baseURL: base, adapter: 'fetch' }); return [(await own.post('/echo', { a: 1 })).data, await failed(own.get('/status/404'))]; },
  urls: () => [client.getUri({ url: '/x', params: { a: [1, { b: 2 }] } }).replace(base, ''), axios.toFormData({ a: { b: [1, 2] } }).constructor.name, axios.formToJSON(new URLSearchParams('a[b]=1&c=2'))],
});
