import { table } from '../table.cjs';
import { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import { basicAuth } from 'hono/basic-auth';
import { cors } from 'hono/cors';
import { etag } from 'hono/etag';
import { HTTPException } from 'hono/http-exception';
import { getCookie, setCookie, setSignedCookie, getSignedCookie } from 'hono/cookie';
import { sign, verify, jwt } from 'hono/jwt';
import { logger } from 'hono/logger';
import { prettyJSON } from 'hono/pretty-json';
import { secureHeaders } from 'hono/secure-headers';
import { validator } from 'hono/validator';
import { html } from 'hono/html';
import { streamText } from 'hono/streaming';

const app = new Hono();
app.use(logger((line) => console.log(line.replace(/\d+m?s/, '<n>ms').replace(/\u001b\[\d+m/g, ''))));
app.use('/api/*', cors({ origin: ['https://a.example'], credentials: true }));
app.use('/safe/*', secureHeaders());
app.use('/admin/*', basicAuth({ username: 'ada', password: 'x' }));
app.use('/token/*', jwt({ secret: 'secret', alg: 'HS256' }));
app.get('/users/:id{[0-9]+}', (c) => c.json({ id: c.req.param('id'), q: c.req.query('q'), all: c.req.queries('tag') }));
app.post('/json', async (c) => c.json(await c.req.json(), 201, { 'x-made': 'yes' }));
app.post('/form', async (c) => c.json(await c.req.parseBody({ all: true })));
app.post('/valid', validator('json', (value, c) => (typeof value.name === 'string' ? { name: value.name } : c.text('name is missing', 400))), (c) => c.json(c.req.valid('json')));
app.get('/cookies', async (c) => { setCookie(c, 'a', 'b', { path: '/', httpOnly: true, sameSite: 'Lax' }); await setSignedCookie(c, 's', 'v', 'secret'); return c.json(getCookie(c)); });
app.get('/signed', async (c) => c.json({ got: await getSignedCookie(c, 'secret', 's') }));
app.get('/bytes', (c) => c.body(Uint8Array.of(0x89, 1, 2).buffer, 200, { 'content-type': 'image/png' }));
app.get('/html', (c) => c.html(html`<p>${'<&>'}</p>`));
app.get('/redirect', (c) => c.redirect('/elsewhere', 303));
app.get('/stream', (c) => streamText(c, async (stream) => { await stream.write('one,'); await stream.sleep(2); await stream.write('two'); }));
app.get('/fail', () => { throw new HTTPException(418, { message: 'teapot' }); });
app.get('/crash', () => { throw new Error('inside'); });
app.get('/lambda', (c) => c.json({ path: c.env.event.rawPath, name: c.env.lambdaContext.functionName }));
app.get('/etag', etag(), (c) => c.text('same'));
app.get('/pretty', prettyJSON(), (c) => c.json({ a: [1] }));
app.get('/api/x', (c) => c.text('cors'));
app.get('/safe/x', (c) => c.text('safe'));
app.get('/admin/x', (c) => c.text('admin'));
app.get('/token/x', (c) => c.json(c.get('jwtPayload')));
app.route('/nested', new Hono().basePath('/deep').get('/:a?', (c) => c.text(`nested ${c.req.param('a')}`)));
app.notFound((c) => c.text(`no ${c.req.path}`, 404));
app.onError((error, c) => (error instanceof HTTPException ? error.getResponse() : c.json({ error: error instanceof SyntaxError ? error.name : error.message }, 500)));

const handled = handle(app);
const http = (method, rawPath, more = {}) => ({ version: '2.0', routeKey: '$default', rawPath, rawQueryString: '', headers: { host: 'api.example.com' }, requestContext: { http: { method, path: rawPath, sourceIp: '1.2.3.4' }, domainName: 'api.example.com' }, isBase64Encoded: false, ...more });
const call = async (event, context) => handled(event, context);

export const handler = table({
  routes: (event, context) => Promise.all([call(http('GET', '/users/5', { rawQueryString: 'q=a%20b&tag=1&tag=2' }), context), call(http('GET', '/users/x'), context), call(http('GET', '/nested/deep/z'), context), call(http('GET', '/nested/deep'), context)]),
  bodies: (event, context) => Promise.all([call(http('POST', '/json', { body: '{"a":"ü"}', headers: { 'content-type': 'application/json' } }), context), call(http('POST', '/json', { body: '{bad', headers: {} }), context), call(http('POST', '/form', { body: 'a=1&b=x+y&b=z', headers: { 'content-type': 'application/x-www-form-urlencoded' } }), context), call(http('POST', '/form', { body: Buffer.from('--x\r\nContent-Disposition: form-data; name="f"\r\n\r\nvalue\r\n--x--\r\n').toString('base64'), isBase64Encoded: true, headers: { 'content-type': 'multipart/form-data; boundary=x' } }), context)]),
  validation: (event, context) => Promise.all([{ name: 'Ada' }, { name: 1 }].map((body) => call(http('POST', '/valid', { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }), context))),
  cookies: async (event, context) => { const answer = await call(http('GET', '/cookies', { cookies: ['x=1', 'y=%20z'], headers: { host: 'h' } }), context); const cookie = answer.cookies?.[1]?.split(';')[0]; return [answer, await call(http('GET', '/signed', { cookies: [cookie], headers: { host: 'h' } }), context), (await call(http('GET', '/signed', { cookies: ['s=v.bad'], headers: { host: 'h' } }), context)).body]; },
  'bytes, HTML and redirects': (event, context) => Promise.all(['/bytes', '/html', '/redirect', '/stream', '/pretty?pretty'].map((path) => call(http('GET', path.split('?')[0], { rawQueryString: path.split('?')[1] ?? '' }), context))),
  errors: (event, context) => Promise.all(['/fail', '/crash', '/nowhere'].map((path) => call(http('GET', path), context))),
  'middleware for browsers': (event, context) => Promise.all([call(http('OPTIONS', '/api/x', { headers: { origin: 'https://a.example', 'access-control-request-method': 'PUT' } }), context), call(http('GET', '/api/x', { headers: { origin: 'https://a.example' } }), context), call(http('GET', '/safe/x'), context)]),
  authorization: async (event, context) => { const token = await sign({ sub: 'ada', exp: 4e9 }, 'secret'); const answers = []; for (const [path, authorization] of [['/admin/x'], ['/admin/x', `Basic ${btoa('ada:x')}`], ['/token/x', `Bearer ${token}`], ['/token/x', 'Bearer x.y.z']]) answers.push(await call(http('GET', path, { headers: { host: 'api.example.com', ...(authorization && { authorization }) } }), context)); return [answers, await verify(token, 'secret', 'HS256')]; },
  etag: async (event, context) => { const first = await call(http('GET', '/etag'), context); return [first, await call(http('GET', '/etag', { headers: { 'if-none-match': first.headers.etag } }), context)]; },
  'a REST API and a balancer': (event, context) => Promise.all([call({ httpMethod: 'GET', path: '/users/7', resource: '/', headers: { Host: 'h' }, multiValueHeaders: {}, queryStringParameters: { q: '1' }, multiValueQueryStringParameters: { q: ['1'] }, requestContext: { domainName: 'h' }, body: null, isBase64Encoded: false }, context), call({ httpMethod: 'GET', path: '/users/8', headers: { host: 'h' }, queryStringParameters: {}, requestContext: { elb: { targetGroupArn: 'a' } }, body: '', isBase64Encoded: false }, context)]),
  'event and context': (event, context) => call(http('GET', '/lambda'), context),
  requests: async () => { const response = await app.request('/users/1?q=x'); return [response.status, await response.json(), response.headers.get('content-type')]; },
});
