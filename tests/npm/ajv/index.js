const { table, caught } = require('../table.cjs');
const Ajv = require('ajv');
const Ajv2019 = require('ajv/dist/2019');
const Ajv2020 = require('ajv/dist/2020');
const AjvJtd = require('ajv/dist/jtd');
const addFormats = require('ajv-formats');
const standalone = require('ajv/dist/standalone').default;

const ajv = addFormats(new Ajv({ allErrors: true, strict: true, useDefaults: true, coerceTypes: true, $data: true, code: { source: true } }));
const order = {
  $id: 'order', type: 'object', required: ['id', 'lines', 'mail'], additionalProperties: false,
  properties: {
    id: { type: 'string', format: 'uuid' }, mail: { type: 'string', format: 'email' }, at: { type: 'string', format: 'date-time' }, note: { type: 'string', maxLength: 3, default: 'x' },
    lines: { type: 'array', minItems: 1, uniqueItems: true, items: { $ref: '#/definitions/line' } }, total: { type: 'number', minimum: 0, multipleOf: 0.5 }, least: { type: 'number', maximum: { $data: '1/total' } },
    kind: { enum: ['a', 'b', 5] }, code: { type: 'string', pattern: '^[A-Z]{2}\\d+$' },
  },
  definitions: { line: { type: 'object', required: ['sku'], properties: { sku: { type: 'string' }, count: { type: 'integer', default: 1 } } } },
};
const check = (validate, data) => (validate(data) ? data : validate.errors);

exports.handler = table({
  valid: () => check(ajv.compile(order), { id: '123e4567-e89b-42d3-a456-426614174000', mail: 'a@b.co', at: '2024-02-29T13:45:06Z', lines: [{ sku: 'x' }], total: '2.5', kind: 'a', code: 'AB1' }),
  'all errors': () => check(ajv.getSchema('order'), { id: 'x', mail: 'no', at: '2023-02-30T00:00:00Z', note: 'long', lines: [{ count: 'y' }, { count: 'y' }], total: -0.3, least: 5, kind: 'z', code: 'ab', more: 1 }),
  'errors as text': () => { const validate = ajv.getSchema('order'); validate({ lines: [] }); return ajv.errorsText(validate.errors, { separator: '\n', dataVar: 'order' }); },
  formats: () => ['date', 'time', 'duration', 'uri', 'uri-reference', 'uri-template', 'hostname', 'ipv4', 'ipv6', 'regex', 'json-pointer', 'byte', 'int32', 'iso-date-time'].map((format) => [format, ['2024-02-29', '13:45:06Z', 'P1DT2H', 'https://a.b/c?d#e', '/x', '/x{?y}', 'a-b.c', '1.2.3.4', '::1', '^a$', '/a/b', 'aGk='].map((text) => Number(ajv.validate({ type: 'string', format }, text))).join('')]),
  'strict mode': () => [{ type: 'object', bogus: 1 }, { properties: { a: {} }, type: 'string' }, { type: 'string', format: 'unheard-of' }, { type: 'array', items: [{ type: 'string' }] }, { type: 'nothing' }, { $ref: '#/nowhere' }, { type: 'string', minimum: 1 }].map((schema) => caught(() => addFormats(new Ajv({ strict: true, strictTypes: true, logger: false })).compile(schema))),
  logged: () => { const lines = []; const logger = { warn: (line) => lines.push(line), log: () => {}, error: () => {} }; new Ajv({ strict: 'log', logger }).compile({ type: 'object', bogus: 1 }); return lines; },
  combinations: () => [{ anyOf: [{ type: 'string' }, { type: 'number', minimum: 5 }] }, { oneOf: [{ type: 'number' }, { type: 'number', minimum: 1 }] }, { not: { type: 'number' } }, { if: { type: 'number', minimum: 1 }, then: { multipleOf: 2 }, else: { maximum: 0 } }, { allOf: [{ type: 'number' }, { maximum: 2 }] }, { const: { a: [1, 2] } }].map((schema) => { const validate = new Ajv({ allErrors: true, strict: false }).compile(schema); return [3, 'x', { a: [1, 2] }].map((value) => (validate(value) ? 'ok' : validate.errors.map((error) => error.message))); }),
  'object keywords': () => check(new Ajv({ allErrors: true, strict: false }).compile({ type: 'object', minProperties: 3, propertyNames: { pattern: '^[a-z]+$' }, patternProperties: { '^n': { type: 'number' } }, dependencies: { a: ['b'] }, dependentRequired: { a: ['c'] } }), { a: 1, nX: 'x' }),
  keywords: () => { const own = new Ajv(); own.addKeyword({ keyword: 'even', type: 'number', schemaType: 'boolean', validate: (schema, data) => (data % 2 === 0) === schema, errors: false }); own.addKeyword({ keyword: 'range', type: 'number', macro: ([from, to]) => ({ minimum: from, maximum: to }) }); own.addFormat('short', /^.{1,3}$/); return [own.validate({ even: true, type: 'number' }, 3), own.errors, own.validate({ type: 'number', range: [1, 3] }, 9), own.validate({ type: 'string', format: 'short' }, 'abc')]; },
  'asynchronous schemas': async () => { const own = new Ajv({ loadSchema: async (uri) => ({ $id: uri, type: 'number' }) }); const validate = await own.compileAsync({ $id: 'http://example.com/a', type: 'object', properties: { n: { $ref: 'n.json' } } }); own.addKeyword({ keyword: 'known', async: true, type: 'string', validate: async (schema, data) => data === 'yes' }); const known = own.compile({ $async: true, type: 'string', known: true }); return [check(validate, { n: 'x' }), await known('yes'), await known('no').catch((error) => [error.name, error.message, error.errors])]; },
  'removing and coercing': () => { const validate = new Ajv({ removeAdditional: 'all', coerceTypes: 'array', useDefaults: 'empty' }).compile({ type: 'object', properties: { a: { type: 'array', items: { type: 'number' } }, b: { type: 'boolean' }, c: { type: 'string', default: 'd' } } }); return check(validate, { a: '5', b: 'true', c: '', d: 1 }); },
  'draft 2019': () => check(new Ajv2019({ allErrors: true }).compile({ $id: 'u', type: 'object', properties: { a: { type: 'number' } }, $recursiveAnchor: true, unevaluatedProperties: false, dependentSchemas: { a: { required: ['b'] } } }), { a: 1, c: 1 }),
  'draft 2020': () => check(new Ajv2020({ allErrors: true }).compile({ type: 'array', prefixItems: [{ type: 'number' }, { type: 'string' }], items: false, contains: { const: 7 }, minContains: 2, minItems: 2 }), [1, 2, 3]),
  'type definitions': () => { const jtd = new AjvJtd(); const schema = { properties: { n: { type: 'int32' }, at: { type: 'timestamp' } }, optionalProperties: { tags: { elements: { type: 'string' } } } }; const parse = jtd.compileParser(schema); return [check(jtd.compile(schema), { n: 1.5, at: 'x' }), parse('{"n":5,"at":"2024-01-01T00:00:00Z"}'), [parse('{"n":'), parse.message, parse.position], jtd.compileSerializer(schema)({ n: 1, at: new Date(0), tags: ['"'] })]; },
  'code as text': () => { const code = standalone(ajv, ajv.compile({ $id: 'alone', type: 'object', properties: { a: { type: 'string', format: 'ipv4' } } })); const module = { exports: {} }; new Function('module', 'exports', 'require', code)(module, module.exports, require); return [code.length > 500, module.exports({ a: '1.1.1.1' }), module.exports({ a: 'x' })]; },
  'errors of a schema': () => [ajv.validateSchema({ type: 'object', required: 'a' }), ajv.errors.map((error) => error.instancePath + error.message), caught(() => ajv.addSchema(order))],
});
