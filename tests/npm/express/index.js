const { table } = require('../table.cjs');
const express = require('express');
const serverless = require('serverless-http');

const app = express();
app.set('json spaces', 0);
app.use((req, res, next) => { res.set('x-order', `${res.get('x-order') ?? ''}a`); next(); });
app.use(express.json({ limit: '1kb' }), express.urlencoded({ extended: true }), express.text());
const router = express.Router();
router.param('id', (req, res, next, id) => { req.found = { id, name: `user ${id}` }; next(); });
router.get('/:id', (req, res) => res.json(req.found));
router.get('/:id/:part', (req, res) => res.send(`<p>${req.params.part}</p>`));
app.use('/users', router);
app.post('/echo', (req, res) => res.status(201).json({ body: req.body, query: req.query, type: req.get('content-type'), ip: req.ip, xhr: req.xhr, secure: req.secure, host: req.hostname, path: req.path, original: req.originalUrl, accepts: req.accepts('json', 'html') }));
app.get('/cookie', (req, res) => res.cookie('a', 'b', { httpOnly: true, secure: true, sameSite: 'strict', expires: new Date(0) }).cookie('c', { d: 1 }).clearCookie('e').send('set'));
app.get('/redirect', (req, res) => res.redirect(301, '/elsewhere?x=ü'));
app.get('/bytes', (req, res) => res.type('png').send(Buffer.from([0x89, 0x50, 0x4e, 0x47])));
app.get('/fail', async () => { throw Object.assign(new Error('async failure'), { status: 418 }); });
app.get('/next', (req, res, next) => next(new Error('by next')));
app.get('/stream', (req, res) => { res.write('one,'); setTimeout(() => { res.write('two,'); res.end('three'); }, 5); });
app.get('/format', (req, res) => res.format({ 'text/plain': () => res.send('plain'), 'application/json': () => res.json({ json: true }), default: () => res.sendStatus(406) }));
app.get('/file', (req, res) => res.sendFile('table.cjs', { root: `${__dirname}/..`, maxAge: 1000, headers: { 'last-modified': 'never' } }));
app.get('/attachment', (req, res) => res.attachment('ü.txt').links({ next: '/x?page=2' }).vary('Accept').location('/y').end());
app.all('/all{/*rest}', (req, res) => res.json([req.method, req.params.rest ?? null, req.baseUrl]));
app.route('/book').get((req, res) => res.send('a book')).delete((req, res) => res.status(204).end());
app.use((req, res) => res.status(404).json({ missing: req.url }));
app.use((error, req, res, next) => { void next; res.status(error.status ?? 500).json({ error: error.type ?? error.message }); });

const served = serverless(app, { binary: ['image/png'], request: (req, event, context) => { req.hoist = [event.requestContext !== undefined, context.functionName]; } });
const rest = (httpMethod, path, more = {}) => ({ httpMethod, path, headers: {}, multiValueHeaders: {}, queryStringParameters: null, multiValueQueryStringParameters: null, body: null, isBase64Encoded: false, requestContext: { identity: { sourceIp: '1.2.3.4' }, stage: 'prod' }, ...more });
const http = (method, rawPath, more = {}) => ({ version: '2.0', rawPath, rawQueryString: '', headers: { host: 'api.example.com' }, requestContext: { http: { method, path: rawPath, sourceIp: '1.2.3.4' }, stage: '$default' }, isBase64Encoded: false, ...more });
const call = async (event, context) => { const answer = await served(event, context); delete answer.headers?.date; delete answer.headers?.['last-modified']; delete answer.headers?.etag; if (answer.multiValueHeaders) delete answer.multiValueHeaders.date; return answer; };

exports.handler = table({
  parameters: (event, context) => Promise.all([call(rest('GET', '/users/5'), context), call(http('GET', '/users/5/a%20b'), context)]),
  'a body of JSON': (event, context) => call(rest('POST', '/echo', { body: '{"a":[1,"ü"]}', headers: { 'Content-Type': 'application/json', Host: 'x.example.com', 'X-Forwarded-For': '9.9.9.9' }, multiValueQueryStringParameters: { q: ['1', '2'], r: ['x y'] }, queryStringParameters: { q: '2', r: 'x y' } }), context),
  'a body of a form in base64': (event, context) => call(http('POST', '/echo', { body: Buffer.from('a[b]=1&a[c]=2&d=x+y').toString('base64'), isBase64Encoded: true, headers: { 'content-type': 'application/x-www-form-urlencoded' }, rawQueryString: 'deep[a]=1' }), context),
  'bodies that are refused': (event, context) => Promise.all([call(http('POST', '/echo', { body: '{bad', headers: { 'content-type': 'application/json' } }), context), call(http('POST', '/echo', { body: JSON.stringify('x'.repeat(2000)), headers: { 'content-type': 'application/json' } }), context), call(http('POST', '/echo', { body: 'text', headers: { 'content-type': 'text/plain' } }), context)]),
  cookies: (event, context) => Promise.all([call(rest('GET', '/cookie'), context), call(http('GET', '/cookie'), context)]),
  'redirects, bytes and streams': (event, context) => Promise.all(['/redirect', '/bytes', '/stream'].map((path) => call(http('GET', path), context))),
  errors: (event, context) => Promise.all(['/fail', '/next', '/nowhere?x=1'].map((path) => call(http('GET', path), context))),
  'what is accepted': (event, context) => Promise.all(['text/plain', 'application/json', 'image/gif'].map((accept) => call(http('GET', '/format', { headers: { accept } }), context))),
  files: async (event, context) => { const { statusCode, headers, body } = await call(http('GET', '/file'), context); return [statusCode, headers['content-type'], headers['cache-control'], body.length > 500]; },
  headers: (event, context) => call(http('GET', '/attachment'), context),
  methods: async (event, context) => { const answers = []; for (const [method, path] of [['DELETE', '/book'], ['PUT', '/all/a/b'], ['HEAD', '/book'], ['OPTIONS', '/book'], ['PATCH', '/all']]) answers.push(await call(http(method, path), context)); return answers; },
  'not modified': async (event, context) => { const first = await served(http('GET', '/users/1'), context); return [first.headers.etag, (await call(http('GET', '/users/1', { headers: { 'if-none-match': first.headers.etag } }), context)).statusCode]; },
});
