import { table } from '../table.cjs';
import middy from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import httpErrorHandler from '@middy/http-error-handler';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import httpCors from '@middy/http-cors';
import httpResponseSerializer from '@middy/http-response-serializer';
import inputOutputLogger from '@middy/input-output-logger';
import doNotWait from '@middy/do-not-wait-for-empty-event-loop';
import eventNormalizer from '@middy/event-normalizer';
import validator from '@middy/validator';
import { transpileSchema } from '@middy/validator/transpile';

const request = (body, headers = { 'content-type': 'application/json' }) => ({ httpMethod: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body), requestContext: {} });
const call = async (made, event, context) => { try { return await made(event, context); } catch (error) { return [error.name, error.message, error.statusCode, error.cause]; } };

export const handler = table({
  order: async (event, context) => {
    const order = [];
    const mark = (name, early) => ({ before: () => { order.push(`before ${name}`); return early; }, after: () => { order.push(`after ${name}`); }, onError: () => { order.push(`error ${name}`); } });
    const made = middy().use([mark('a'), mark('b')]).before(() => { order.push('inline'); }).handler(async () => { order.push('handler'); return { ok: true }; });
    return [await made({}, context), order, await middy().use(mark('x')).use(mark('y', 'early')).handler(() => 'never')({}, context), order.slice(6)];
  },
  errors: async (event, context) => {
    const seen = [];
    const made = middy(() => { throw new Error('broken'); }).use({ onError: (now) => { seen.push(now.error.message); } }).onError((now) => { now.response = { recovered: true }; });
    return [await made({}, context), seen, await call(middy(async () => { throw new TypeError('out'); }), {}, context)];
  },
  'a body of JSON': async (event, context) => {
    const made = middy().use(httpHeaderNormalizer()).use(httpJsonBodyParser({ reviver: (key, value) => (key === 'at' ? new Date(value) : value) })).use(httpErrorHandler({ logger: false })).handler(async (now) => ({ statusCode: 200, body: now.body, raw: now.rawHeaders, headers: now.headers }));
    return [await call(made, request({ a: [1], at: '2024-01-01' }, { 'CONTENT-type': 'application/json; charset=utf-8' }), context), await call(made, request('{bad'), context), await call(made, request('a=b', { 'content-type': 'text/plain' }), context), await call(made, { ...request({ b: 1 }), body: Buffer.from('{"b":2}').toString('base64'), isBase64Encoded: true }, context)];
  },
  validation: async (event, context) => {
    const schema = { type: 'object', required: ['body'], properties: { body: { type: 'object', required: ['name'], properties: { name: { type: 'string', minLength: 2 }, mail: { type: 'string', format: 'email' } } } } };
    const made = middy().use(httpJsonBodyParser()).use(validator({ eventSchema: transpileSchema(schema), responseSchema: transpileSchema({ type: 'object', required: ['statusCode'] }) })).use(httpErrorHandler({ logger: false })).handler(async (now) => (now.body.name === 'drop' ? { } : { statusCode: 200, body: now.body.name }));
    return Promise.all([{ name: 'Ada' }, { name: 'A', mail: 'x' }, {}, { name: 'drop' }].map((body) => call(made, request(body), context)));
  },
  'CORS and serializing': async (event, context) => {
    const made = middy().use(httpCors({ origins: ['https://a.example', 'https://*.b.example'], credentials: true, methods: 'GET,POST', maxAge: 60 })).use(httpResponseSerializer({ serializers: [{ regex: /^application\/json$/, serializer: ({ body }) => JSON.stringify(body) }, { regex: /^text\/plain$/, serializer: ({ body }) => ({ body: `text ${body}`, isBase64Encoded: false }) }], defaultContentType: 'application/json' })).handler(async () => ({ statusCode: 200, headers: {}, body: { a: 1 } }));
    return Promise.all([{ origin: 'https://a.example', accept: 'text/plain' }, { origin: 'https://x.b.example' }, { origin: 'https://evil.example', accept: 'application/json' }].map((headers) => call(made, { httpMethod: 'GET', headers, requestContext: {} }, context)));
  },
  'events normalized': async (event, context) => middy().use(eventNormalizer()).handler(async (now) => now.Records.map((record) => record.body ?? record.dynamodb ?? record.s3?.object.key))({ Records: [{ eventSource: 'aws:sqs', body: '{"a":[1]}' }] }, context),
  'records of DynamoDB and S3': async (event, context) => [
    await middy().use(eventNormalizer()).handler(async (now) => now.Records[0].dynamodb)({ Records: [{ eventSource: 'aws:dynamodb', dynamodb: { NewImage: { n: { N: '5' }, s: { SS: ['a'] }, m: { M: { x: { BOOL: true } } } } } }] }, context).catch((error) => error.message),
    await middy().use(eventNormalizer()).handler(async (now) => now.Records[0].s3.object.key)({ Records: [{ eventSource: 'aws:s3', s3: { object: { key: 'a+b%20c' } } }] }, context),
  ],
  logging: async (event, context) => { const lines = []; const made = middy().use(inputOutputLogger({ logger: (line) => lines.push(JSON.parse(JSON.stringify(line))), omitPaths: ['event.secret', 'response.[].id'] })).use(doNotWait()).handler(async (now, ctx) => [{ id: 1, wait: ctx.callbackWaitsForEmptyEventLoop }]); return [await made({ secret: 1, open: 2 }, context), lines]; },
  'context and internal state': async (event, context) => { const made = middy().use({ before: async (now) => { now.internal.value = Promise.resolve(5); Object.assign(now.context, { more: 'x' }); } }).use({ before: async (now) => { now.event.value = await now.internal.value; } }).handler(async (now, ctx, { signal }) => [now.value, ctx.more, signal instanceof AbortSignal, ctx.functionName]); return made({}, context); },
  'early timeout': async (event, context) => { const made = middy(async (now, ctx, { signal }) => new Promise((resolve) => { signal.addEventListener('abort', () => resolve('aborted')); setTimeout(resolve, 2000, 'late').unref(); }), { timeoutEarlyInMillis: 10, timeoutEarlyResponse: () => 'early' }); return made({}, { ...context, getRemainingTimeInMillis: () => 30 }); },
});
