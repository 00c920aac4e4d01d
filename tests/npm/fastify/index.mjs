import { table } from '../table.cjs';
import Fastify from 'fastify';
import awsLambdaFastify from '@fastify/aws-lambda';

function build() {
  const app = Fastify({ logger: { level: 'info', timestamp: false, base: undefined, serializers: { req: (req) => ({ url: req.url }), res: (res) => ({ status: res.statusCode }) } } });
  app.decorate('shop', { open: true });
  app.decorateRequest('user', null);
  app.addHook('onRequest', async (request) => { request.user = request.headers['x-user'] ?? 'none'; });
  app.addHook('preSerialization', async (request, reply, payload) => (payload?.wrap ? { wrapped: payload } : payload));
  app.addHook('onSend', async (request, reply, payload) => { reply.header('x-sent', 'yes'); return payload; });
  app.get('/users/:id', { schema: { params: { type: 'object', properties: { id: { type: 'integer' } } }, response: { 200: { type: 'object', properties: { id: { type: 'integer' }, user: { type: 'string' } } } } } }, async (request) => ({ id: request.params.id, user: request.user, hidden: 'secret' }));
  app.post('/orders', { schema: { body: { type: 'object', required: ['sku'], properties: { sku: { type: 'string' }, count: { type: 'integer', default: 1, minimum: 1 } }, additionalProperties: false }, querystring: { type: 'object', properties: { dry: { type: 'boolean' } } } } }, async (request, reply) => { reply.code(201).header('location', '/orders/1'); return { ...request.body, dry: request.query.dry, wrap: true }; });
  app.get('/fail', async () => { throw Object.assign(new Error('teapot'), { statusCode: 418 }); });
  app.get('/crash', async () => { throw new Error('inside'); });
  app.get('/bytes', async (request, reply) => reply.type('image/png').send(Buffer.from([1, 2, 3])));
  app.get('/stream', async (request, reply) => { const { Readable } = await import('node:stream'); return reply.type('text/plain').send(Readable.from(['a', 'b'])); });
  app.get('/wild/*', (request, reply) => { reply.send(request.params['*']); });
  app.register(async (scope) => { scope.addHook('preHandler', async (request, reply) => { if (!request.headers.authorization) reply.code(401).send({ error: 'who' }); }); scope.get('/me', async (request) => { request.log.info({ a: 1 }, 'me'); return { me: scope.shop }; }); }, { prefix: '/private' });
  app.setNotFoundHandler((request, reply) => { reply.code(404).send({ missing: request.url }); });
  return app;
}
const app = build();
const proxy = awsLambdaFastify(app, { decorateRequest: true });
const http = (method, rawPath, more = {}) => ({ version: '2.0', rawPath, rawQueryString: '', headers: { host: 'api.example.com' }, requestContext: { http: { method, path: rawPath, sourceIp: '1.2.3.4' } }, isBase64Encoded: false, ...more });
const call = async (event, context) => { const answer = await proxy(event, context); delete answer.headers?.date; return answer; };
const json = (body) => ({ body: JSON.stringify(body), headers: { 'content-type': 'application/json', host: 'h' } });

export const handler = table({
  routes: (event, context) => Promise.all([call(http('GET', '/users/5', { headers: { 'x-user': 'ada', host: 'h' } }), context), call(http('GET', '/wild/a/b%20c'), context)]),
  'a schema that is not met': (event, context) => Promise.all([call(http('GET', '/users/x'), context), call(http('POST', '/orders', json({ count: 0 })), context), call(http('POST', '/orders', { body: '{bad', headers: { 'content-type': 'application/json', host: 'h' } }), context), call(http('POST', '/orders', { body: 'x', headers: { 'content-type': 'text/csv', host: 'h' } }), context)]),
  'a body of JSON': (event, context) => call(http('POST', '/orders', { ...json({ sku: 'a', more: 1 }), rawQueryString: 'dry=true', queryStringParameters: { dry: 'true' } }), context),
  'errors and what is missing': (event, context) => Promise.all(['/fail', '/crash', '/nowhere'].map((path) => call(http('GET', path), context))),
  'bytes and streams': (event, context) => Promise.all(['/bytes', '/stream'].map((path) => call(http('GET', path), context))),
  plugins: async (event, context) => [await call(http('GET', '/private/me'), context), await call(http('GET', '/private/me', { headers: { authorization: 'x', host: 'h' } }), context)],
  'a REST API': (event, context) => call({ resource: '/{proxy+}', httpMethod: 'GET', path: '/users/7', headers: { Host: 'h' }, multiValueHeaders: { 'X-User': ['grace'] }, queryStringParameters: null, requestContext: { stage: 'prod' }, body: null, isBase64Encoded: false }, context),
  injecting: async () => { const answer = await app.inject({ method: 'GET', url: '/users/9', headers: { 'x-user': 'in' } }); return [answer.statusCode, answer.json(), answer.headers['x-sent']]; },
  'routes shown': () => app.printRoutes(),
});
