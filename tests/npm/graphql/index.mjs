import { table, caught } from '../table.cjs';
import {
  GraphQLEnumType, GraphQLError, GraphQLInputObjectType, GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLScalarType,
  GraphQLSchema, GraphQLString, buildSchema, execute, findBreakingChanges, getIntrospectionQuery, graphql, graphqlSync, introspectionFromSchema, lexicographicSortSchema,
  parse, print, printSchema, subscribe, validate, visit, TypeInfo, visitWithTypeInfo, buildClientSchema, stripIgnoredCharacters,
} from 'graphql';

const sdl = `
"A person"
interface Node { id: ID! }
enum Role { ADMIN USER @deprecated(reason: "gone") }
scalar Time
type User implements Node { id: ID! name(upper: Boolean = false): String! role: Role friends(first: Int = 2): [User!]! born: Time boss: User }
type Post implements Node { id: ID! title: String! author: User! }
union Found = User | Post
input Filter { role: Role name: String = "x" ids: [ID!] }
type Query { user(id: ID!): User users(filter: Filter): [User!]! search(text: String!): [Found!]! fail: String failHard: String! node(id: ID!): Node }
type Mutation { rename(id: ID!, name: String!): User }
type Subscription { tick(to: Int!): Int }
directive @shout on FIELD
`;
const schema = buildSchema(sdl);
const people = [{ id: '1', name: 'Ada', role: 'ADMIN' }, { id: '2', name: 'Alan', role: 'USER' }, { id: '3', name: 'Grace', role: 'USER' }];
const user = (person) => person && { __typename: 'User', ...person, name: ({ upper }) => (upper ? person.name.toUpperCase() : person.name), friends: async ({ first }) => people.filter((other) => other !== person).slice(0, first).map(user), born: new Date(0), boss: () => { if (person.id === '2') throw new Error('no boss for Alan'); return null; } };
const rootValue = {
  user: async ({ id }) => { await new Promise((resolve) => setTimeout(resolve, 1)); return user(people.find((person) => person.id === id)); },
  users: ({ filter = {} }) => people.filter((person) => filter.role === undefined || person.role === filter.role).map(user),
  search: ({ text }) => [...people.filter((person) => person.name.includes(text)).map(user), { __typename: 'Post', id: 'p', title: text, author: user(people[0]) }],
  fail: () => { throw new GraphQLError('failed', { extensions: { code: 'BAD', at: 1 } }); },
  failHard: () => Promise.reject(new TypeError('hard')),
  node: ({ id }) => user(people.find((person) => person.id === id)),
  rename: ({ id, name }) => { const person = people.find((one) => one.id === id); person.name = name; return user(person); },
  tick: async function* tick({ to }) { for (let at = 0; at < to; at += 1) yield { tick: at }; },
};
const run = async (source, variableValues, operationName) => JSON.parse(JSON.stringify(await graphql({ schema, source, rootValue, variableValues, operationName })));

export const handler = table({
  query: () => run('{ user(id: 1) { id name(upper: true) role friends(first: 1) { name friends { id } } born } }'),
  'variables, aliases and fragments': () => run('query Q($id: ID!, $f: Filter, $big: Boolean!) { a: user(id: $id) { ...U } b: users(filter: $f) { ...U name @skip(if: $big) ... @include(if: $big) { role } } } fragment U on User { id __typename }', { id: 2, f: { role: 'USER' }, big: true }),
  'unions and interfaces': () => run('{ search(text: "A") { __typename ... on User { name } ... on Post { title author { id } } } node(id: 3) { id ... on User { name } } }'),
  mutation: () => run('mutation { a: rename(id: 1, name: "Countess") { name } b: rename(id: 1, name: "Ada") { name } }'),
  'errors with data': () => run('{ fail users { name boss { id } } }'),
  'a null that climbs': () => run('{ failHard user(id: 1) { id } }'),
  'errors of syntax': () => run('{ user(id: 1 { id } }'),
  'errors of validation': () => run('query A { user { nope id { x } } usrs unknown: fail(x: 1) } query A { ...F } fragment G on Nope { id }'),
  'errors of variables': () => Promise.all([run('query ($id: ID!) { user(id: $id) { id } }'), run('query ($f: Filter) { users(filter: $f) { id } }', { f: { role: 'KING', bogus: 1, ids: [null] } }), run('query A { fail } query B { fail }')]),
  'errors located': async () => { const { errors } = await graphql({ schema, source: '{\n  fail\n}', rootValue }); return [errors[0].toString(), errors[0].originalError?.message, errors[0].locations, errors[0].path, Object.prototype.toString.call(errors[0])]; },
  subscription: async () => { const seen = []; for await (const one of await subscribe({ schema, document: parse('subscription { tick(to: 3) }'), rootValue })) seen.push(one.data.tick); return seen; },
  'a schema in code': async () => {
    const Colour = new GraphQLEnumType({ name: 'Colour', values: { RED: { value: 0xff0000 }, BLUE: { value: 0x0000ff } } });
    const Odd = new GraphQLScalarType({ name: 'Odd', serialize: (value) => value, parseValue: (value) => { if (value % 2 === 0) throw new GraphQLError(`${value} is even`); return value; }, parseLiteral: (node) => Number(node.value) });
    const Point = new GraphQLInputObjectType({ name: 'Point', fields: { x: { type: new GraphQLNonNull(GraphQLInt) }, y: { type: GraphQLInt, defaultValue: 7 } } });
    const coded = new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields: () => ({ mix: { type: Colour, args: { of: { type: new GraphQLList(Colour) } }, resolve: (_, { of }) => of[0] }, odd: { type: Odd, args: { n: { type: Odd } }, resolve: (_, { n }) => n }, sum: { type: GraphQLString, args: { at: { type: Point } }, resolve: (_, { at }, context, info) => `${at.x + at.y} ${context.who} ${info.fieldName} ${info.path.key}` } }) }) });
    const go = (source, variableValues) => graphql({ schema: coded, source, variableValues, contextValue: { who: 'me' } }).then((result) => JSON.parse(JSON.stringify(result)));
    return [await go('{ mix(of: [BLUE, RED]) odd(n: 3) s: sum(at: { x: 1 }) }'), await go('query ($n: Odd) { odd(n: $n) }', { n: 4 }), await go('{ mix(of: [GREEN]) }'), printSchema(coded)];
  },
  'printing a schema': () => [printSchema(lexicographicSortSchema(schema)), print(parse('query   Q($a:Int=5){x(a:$a,b:{c:["d",1.5e3]}) @shout{...on Y{z}}}')), stripIgnoredCharacters('{ a, b # c\n }')],
  introspection: () => { const found = graphqlSync({ schema, source: getIntrospectionQuery() }); return [found.errors, found.data.__schema.types.map((type) => type.name).sort(), printSchema(buildClientSchema(introspectionFromSchema(schema))) === printSchema(schema)]; },
  visitors: () => { const info = new TypeInfo(schema); const seen = []; const changed = visit(parse('{ user(id: 1) { name boss { id } } }'), visitWithTypeInfo(info, { Field: { enter(node) { seen.push(`${node.name.value}: ${info.getType()}`); if (node.name.value === 'boss') return null; return undefined; } } })); return [seen, print(changed)]; },
  'wrong schemas': () => [caught(() => buildSchema('type Query { a: Nope }')), caught(() => buildSchema('type Query {')), caught(() => execute({ schema: new GraphQLSchema({}), document: parse('{ a }') })), caught(() => new GraphQLObjectType({ name: '1x', fields: {} })), validate(schema, parse('{ user(id: {}) { id } }')).map(String)],
  'breaking changes': () => findBreakingChanges(schema, buildSchema(sdl.replace('born: Time', '').replace('text: String!', 'text: String!, more: Int!'))),
});
