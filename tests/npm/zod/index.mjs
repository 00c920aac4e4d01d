import { table, caught } from '../table.cjs';
import { z } from 'zod';
import * as z3 from 'zod/v3';
import * as mini from 'zod/mini';

const User = z.object({
  id: z.uuid(),
  name: z.string().min(2).max(20).trim(),
  email: z.email().transform((text) => text.toLowerCase()),
  age: z.coerce.number().int().positive().optional(),
  roles: z.array(z.enum(['admin', 'user'])).nonempty().default(['user']),
  address: z.object({ street: z.string(), zip: z.string().regex(/^\d{5}$/, 'zip must have five digits') }).strict().nullable(),
  meta: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
const valid = { id: '123e4567-e89b-42d3-a456-426614174000', name: '  Ada ', email: 'ADA@Example.com', age: '36', address: { street: 'x', zip: '12345' }, meta: { a: 1, b: 'x' }, extra: 1 };
const issues = (result) => (result.success ? 'no issues' : result.error.issues);

export const handler = table({
  'a valid object': () => User.parse(valid),
  'many issues at once': () => issues(User.safeParse({ id: 'x', name: 'A', email: 'no', age: -1.5, roles: ['root'], address: { street: 1, zip: '1', more: 1 }, meta: { a: [] } })),
  'the message of a ZodError': () => caught(() => User.parse({})),
  formatted: () => { const { error } = User.safeParse({ ...valid, address: { street: 1, zip: 'x' } }); return [z.prettifyError(error), z.treeifyError(error), z.flattenError(error)]; },
  strings: () => [z.url().safeParse('https://example.com/x?y').success, z.url().safeParse('nope').success, z.iso.datetime().safeParse('2024-02-29T13:45:06Z').success, z.iso.date().safeParse('2023-02-30').success, z.ipv4().safeParse('1.2.3.4').success, z.ipv6().safeParse('::1').success, z.cuid2().safeParse('tz4a98xxat96iws9zmbrgj3a').success, z.base64().safeParse('aGk=').success, z.jwt().safeParse('a.b.c').success, z.emoji().safeParse('😀').success, z.string().startsWith('a').endsWith('c').includes('b').parse('abc'), z.string().toUpperCase().normalize().parse('e\u0301')],
  numbers: () => [z.number().multipleOf(0.1).safeParse(0.3).success, z.int().safeParse(1.5).success, z.bigint().min(5n).safeParse(3n).success, z.coerce.bigint().parse('12345678901234567890'), z.nan().safeParse(NaN).success, z.number().safeParse(Infinity).success, z.stringbool().parse('yes')],
  'coerced dates': () => [z.coerce.date().parse('2024-02-29'), issues(z.date().min(new Date(0)).safeParse(new Date(-1))), issues(z.coerce.date().safeParse('x'))],
  unions: () => {
    const Shape = z.discriminatedUnion('kind', [z.object({ kind: z.literal('circle'), r: z.number() }), z.object({ kind: z.literal('box'), w: z.number(), h: z.number() })]);
    return [Shape.parse({ kind: 'circle', r: 1 }), issues(Shape.safeParse({ kind: 'line' })), issues(Shape.safeParse({ kind: 'box', w: 1 })), issues(z.union([z.string(), z.object({ a: z.number() })]).safeParse({ a: 'x' }))];
  },
  'transforms, refinements and pipes': async () => {
    const Password = z.object({ a: z.string(), b: z.string() }).refine((value) => value.a === value.b, { message: 'must match', path: ['b'] }).superRefine((value, context) => { if (value.a.length < 8) context.addIssue({ code: 'custom', message: 'too short', path: ['a'] }); });
    const Length = z.string().transform((text) => text.length).pipe(z.number().max(3));
    const Taken = z.string().refine(async (name) => { await new Promise((resolve) => setTimeout(resolve, 1)); return name !== 'taken'; }, 'is taken');
    return [issues(Password.safeParse({ a: 'x', b: 'y' })), Length.parse('abc'), issues(Length.safeParse('abcd')), issues(await Taken.safeParseAsync('taken')), await Taken.parseAsync('free'), caught(() => Taken.parse('x')), z.preprocess((value) => String(value), z.string()).parse(5)];
  },
  'objects derived from objects': () => {
    const Base = z.object({ a: z.string(), b: z.number(), c: z.object({ d: z.boolean() }) });
    return [Base.pick({ a: true }).parse({ a: 'x', b: 1 }), Object.keys(Base.omit({ c: true }).shape), Base.partial().parse({}), Base.extend({ e: z.literal(5) }).keyof().options, issues(Base.strict().safeParse({ a: 'x', b: 1, c: { d: true }, x: 1, y: 2 })), Base.loose().parse({ a: 'x', b: 1, c: { d: true }, x: 1 }), Base.catchall(z.number()).safeParse({ a: 'x', b: 1, c: { d: true }, z: 'no' }).success];
  },
  'other containers': () => [z.map(z.string(), z.number()).parse(new Map([['a', 1]])), z.set(z.number()).max(1).safeParse(new Set([1, 2])).success, z.tuple([z.string(), z.number()]).rest(z.boolean()).parse(['a', 1, true, false]), z.intersection(z.object({ a: z.string() }), z.object({ b: z.number() })).parse({ a: 'x', b: 1 }), z.instanceof(Date).parse(new Date(0)), z.promise(z.string()) !== undefined, z.symbol().safeParse(Symbol('x')).success, z.partialRecord(z.enum(['a', 'b']), z.number()).parse({ a: 1 })],
  'recursive schemas': () => {
    const Category = z.object({ name: z.string(), get children() { return z.array(Category); } });
    const Json = z.json();
    return [Category.parse({ name: 'a', children: [{ name: 'b', children: [] }] }), issues(Category.safeParse({ name: 'a', children: [{ name: 1, children: [] }] })), Json.parse({ a: [1, null, 'x', { b: true }] }), z.lazy(() => z.string()).parse('x')];
  },
  'defaults and catches': () => [z.string().default('d').parse(undefined), z.number().catch(0).parse('x'), z.string().prefault('  x ').pipe(z.string().trim()).parse(undefined), z.string().nullish().parse(null), z.readonly(z.object({ a: z.number() })).parse({ a: 1 }), Object.isFrozen(z.array(z.number()).readonly().parse([1]))],
  'custom messages': () => [issues(z.string({ error: (issue) => (issue.input === undefined ? 'required' : 'not text') }).safeParse(undefined)), issues(z.number('a number please').safeParse('x')), issues(z.string().check(z.minLength(5), z.lowercase('lower')).safeParse('ABC')), issues(z.object({ a: z.string() }).safeParse(null, { error: () => 'from the call' }))],
  codecs: () => { const iso = z.codec(z.iso.datetime(), z.date(), { decode: (text) => new Date(text), encode: (date) => date.toISOString() }); return [z.decode(iso, '2024-01-01T00:00:00Z'), z.encode(iso, new Date(0))]; },
  'JSON schema': () => z.toJSONSchema(User.omit({ email: true, age: true }), { unrepresentable: 'any' }),
  'locales of messages': () => { z.config(z.locales.de()); const text = z.string().safeParse(1).error.issues[0].message; z.config(z.locales.en()); return text; },
  brands: () => z.string().brand('Id').parse('x'),
  functions: () => { const add = z.function({ input: [z.number(), z.number()], output: z.number() }).implement((a, b) => a + b); return [add(1, 2), caught(() => add('1', 2))]; },
  'version 3': () => { const S = z3.z.object({ a: z3.z.string().email(), b: z3.z.number().optional() }); return [S.parse({ a: 'a@b.co' }), caught(() => S.parse({ a: 'x', b: 'y' })), S.safeParse({}).error.format()]; },
  mini: () => [mini.parse(mini.object({ a: mini.optional(mini.string()) }), {}), issues(mini.safeParse(mini.string().check(mini.minLength(3)), 'x'))],
});
