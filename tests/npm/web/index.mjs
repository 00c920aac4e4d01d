// koa, aws-serverless-express, @vendia/serverless-express, @codegenie/serverless-express, lambda-api, @apollo/server, @trpc/server.
import { table } from '../table.cjs';
import Koa from 'koa';
import serverless from 'serverless-http';
import express from 'express';
import vendia from '@vendia/serverless-express';
import codegenie from '@codegenie/serverless-express';
import lambdaApi from 'lambda-api';
import { ApolloServer } from '@apollo/server';
import { startServerAndCreateLambdaHandler, handlers } from '@as-integrations/aws-lambda';
import { GraphQLError } from 'graphql';
import { initTRPC, TRPCError } from '@trpc/server';
import { awsLambdaRequestHandler } from '@trpc/server/adapters/aws-lambda';
import { z } from 'zod';

const http = (method, rawPath, more = {}) => ({ version: '2.0', routeKey: '$default', rawPath, rawQueryString: '', headers: { host: 'api.example.com' }, requestContext: { http: { method, path: rawPath, sourceIp: '1.2.3.4', userAgent: 'x' }, domainName: 'api.example.com', stage: '$default' }, isBase64Encoded: false, ...more });
const rest = (httpMethod, path, more = {}) => ({ resource: path, path, httpMethod, headers: { Host: 'h', 'Content-Type': 'application/json' }, multiValueHeaders: {}, queryStringParameters: null, multiValueQueryStringParameters: null, pathParameters: null, stageVariables: null, requestContext: { stage: 'prod', identity: { sourceIp: '1.1.1.1' }, requestId: 'r' }, body: null, isBase64Encoded: false, ...more });
const clean = (answer) => { for (const headers of [answer.headers, answer.multiValueHeaders]) if (headers) for (const name of Object.keys(headers)) if (/^(date|keep-alive|connection)$/i.test(name)) delete headers[name]; return answer; };
const json = (body) => ({ body: JSON.stringify(body), headers: { 'content-type': 'application/json', host: 'h' } });

const koa = new Koa({ asyncLocalStorage: true });
koa.use(async (ctx, next) => { await next(); ctx.set('x-after', 'yes'); });
koa.use(async (ctx) => { if (ctx.path === '/fail') ctx.throw(403, 'no'); if (ctx.path === '/crash') throw new Error('inside'); ctx.cookies.set('a', 'b'); ctx.body = { path: ctx.path, query: ctx.query, accepts: ctx.accepts('json'), state: ctx.state }; });
koa.silent = true;

const app = express();
app.use(express.json());
app.post('/echo/:id', (req, res) => res.status(201).json({ id: req.params.id, body: req.body, query: req.query }));
app.get('/bytes', (req, res) => res.type('png').send(Buffer.from([1, 2, 255])));

const api = lambdaApi({ version: 'v1', logger: false });
api.use((req, res, next) => { res.header('x-mid', '1'); next(); });
api.get('/users/:id', async (req, res) => res.status(200).cookie('a', 'b').json({ id: req.params.id, query: req.query, stage: req.stage }));
api.post('/form', (req, res) => { res.send(req.body); });
api.get('/fail', () => { throw new Error('inside'); });

const apollo = new ApolloServer({ typeDefs: 'type Query { hello(name: String = "you"): String! fail: String } type Mutation { add(a: Int!, b: Int!): Int }', resolvers: { Query: { hello: (_, { name }, { who }) => `hi ${name} from ${who}`, fail: () => { throw new GraphQLError('no', { extensions: { code: 'FORBIDDEN' } }); } }, Mutation: { add: (_, { a, b }) => a + b } }, includeStacktraceInErrorResponses: false });
const graphql = startServerAndCreateLambdaHandler(apollo, handlers.createAPIGatewayProxyEventV2RequestHandler(), { context: async ({ event }) => ({ who: event.headers['x-who'] ?? 'nobody' }) });

const t = initTRPC.context().create();
const router = t.router({ greet: t.procedure.input(z.object({ name: z.string() })).query(({ input, ctx }) => `hi ${input.name} ${ctx.path}`), add: t.procedure.input(z.number()).mutation(({ input }) => input + 1), fail: t.procedure.query(() => { throw new TRPCError({ code: 'NOT_FOUND', message: 'no' }); }) });
const trpc = awsLambdaRequestHandler({ router, createContext: ({ event }) => ({ path: event.rawPath }) });

export const handler = table({
  koa: async (event, context) => { const served = serverless(koa); return Promise.all(['/x', '/fail', '/crash'].map(async (path) => clean(await served(http('GET', path, { rawQueryString: 'a=1' }), context)))); },
  '@vendia/serverless-express': async (event, context) => { const served = vendia({ app, binarySettings: { contentTypes: ['image/*'] } }); return [clean(await served(http('POST', '/echo/5', { ...json({ a: 1 }), rawQueryString: 'q=x' }), context)), clean(await served(rest('GET', '/bytes'), context)), clean(await served(rest('GET', '/nowhere'), context)).statusCode]; },
  '@codegenie/serverless-express': async (event, context) => { const served = codegenie({ app }); return [clean(await served(http('POST', '/echo/5', json({ a: 1 })), context)), clean(await served(rest('GET', '/nowhere'), context)).statusCode]; },
  'lambda-api': async (event, context) => [clean(await api.run(rest('GET', '/users/7', { queryStringParameters: { a: '1' }, multiValueQueryStringParameters: { a: ['1'] } }), context)), clean(await api.run(rest('POST', '/form', { body: 'a=1&b=2', headers: { 'content-type': 'application/x-www-form-urlencoded' }, multiValueHeaders: { 'content-type': ['application/x-www-form-urlencoded'] } }), context)), clean(await api.run(rest('GET', '/fail'), context)), clean(await api.run(rest('GET', '/nowhere'), context))],
  '@apollo/server': async (event, context) => { const ask = async (body, headers = {}) => clean(await graphql(http('POST', '/', { body: JSON.stringify(body), headers: { 'content-type': 'application/json', host: 'h', ...headers } }), context, () => {})); return [await ask({ query: 'query ($n: String) { hello(name: $n) }', variables: { n: 'ü' } }, { 'x-who': 'me' }), await ask({ query: '{ hello fail }' }), await ask({ query: 'mutation { add(a: 1, b: 2) }' }), (await ask({ query: '{ nope }' })).statusCode, (await apollo.executeOperation({ query: '{ hello }' }, { contextValue: { who: 'test' } })).body.singleResult.data]; },
  '@trpc/server': async (event, context) => { const ask = async (method, path, more) => { const { statusCode, body } = await trpc(http(method, path, more), context); const read = JSON.parse(body); if (read.error?.data) delete read.error.data.stack; return [statusCode, read]; }; return [await ask('GET', '/greet', { rawQueryString: `input=${encodeURIComponent('{"name":"Ada"}')}`, queryStringParameters: { input: '{"name":"Ada"}' } }), await ask('POST', '/add', json(5)), await ask('GET', '/fail'), (await ask('GET', '/greet'))[0], await router.createCaller({ path: 'direct' }).greet({ name: 'x' })]; },
});
