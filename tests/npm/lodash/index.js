const { table, caught } = require('../table.cjs');
const _ = require('lodash');
const fp = require('lodash/fp');
const groupBy = require('lodash/groupBy');
const merge = require('lodash/merge');

const people = [
  { name: 'Ada', age: 36, tags: ['math', 'code'], home: { city: 'London' } },
  { name: 'Alan', age: 41, tags: ['code'], home: { city: 'London' } },
  { name: 'Grace', age: 85, tags: [], home: { city: 'New York' } },
];

exports.handler = table({
  version: () => _.VERSION,
  'how many functions': () => _.functions(_).length,
  collections: () => ({
    by: groupBy(people, 'home.city'), key: _.keyBy(people, 'name').Ada.age, count: _.countBy(people, (one) => one.tags.length),
    order: _.map(_.orderBy(people, ['home.city', 'age'], ['desc', 'asc']), 'name'), parts: _.partition(people, { home: { city: 'London' } }).map((part) => part.length),
    flat: _.flatMap(people, 'tags'), max: _.maxBy(people, 'age').name, sum: _.sumBy(people, 'age'), some: _.some(people, ['age', 41]), find: _.findLast(people, 'tags.length').name,
  }),
  arrays: () => ({
    chunk: _.chunk([1, 2, 3, 4, 5], 2), diff: _.differenceWith([{ a: 1 }, { a: 2 }], [{ a: 2 }], _.isEqual), uniq: _.uniqBy([2.1, 1.2, 2.3], Math.floor), zip: _.zipObjectDeep(['a.b[0].c', 'a.b[1].d'], [1, 2]),
    deep: _.flattenDepth([1, [2, [3, [4]]]], 2), range: _.range(0, -4, -1), xor: _.xor([2, 1], [2, 3]), sorted: _.sortedIndex([30, 50], 40), pull: _.pullAt([5, 10, 15], 1), take: _.takeRightWhile([1, 5, 6], (n) => n > 3),
  }),
  objects: () => ({
    merge: merge({ a: [{ b: 2 }, { d: 4 }] }, { a: [{ c: 3 }, { e: 5 }] }), defaults: _.defaultsDeep({ a: { b: 2 } }, { a: { b: 1, c: 3 } }), get: _.get({ a: [{ b: { c: 3 } }] }, 'a[0].b.c'), miss: _.get({}, 'x.y', 'none'),
    set: _.set({}, ['x', '0', 'y'], 4), omit: _.omit({ a: 1, b: { c: 2, d: 3 } }, ['a', 'b.c']), pick: _.pickBy({ a: 1, b: '2', c: 3 }, _.isNumber), invert: _.invertBy({ a: 1, b: 2, c: 1 }), paths: _.at({ a: [{ b: 3 }, 4] }, ['a[0].b', 'a[1]']),
    keys: _.mapKeys({ a: 1 }, (value, key) => key + value), transform: _.transform([2, 3], (all, n) => { all.push(n * n); }, []),
  }),
  'deep copies and equality': () => {
    const source = { date: new Date(0), map: new Map([[{ k: 1 }, new Set([1])]]), re: /x/gi, bytes: Uint8Array.of(1, 2), buffer: Buffer.from('hi'), nested: [[1, { a: undefined }]], symbol: Symbol.iterator, error: new RangeError('r') };
    source.self = source;
    const copy = _.cloneDeep(source);
    return [copy.self === copy, copy.map !== source.map, _.isEqual(_.omit(copy, 'self', 'error', 'map'), _.omit(source, 'self', 'error', 'map')), _.isEqual(NaN, NaN), _.isEqual([1], ['1']), copy.error instanceof RangeError, _.omit(copy, 'self', 'error')];
  },
  'what is what': () => [_.isPlainObject(Object.create(null)), _.isPlainObject(new (class A {})()), _.isArguments((function f() { return arguments; })()), _.isBuffer(Buffer.alloc(1)), _.isTypedArray(new Float32Array(1)), _.isNative(Array.prototype.push), _.isEmpty(new Map()), _.isError(new Error()), _.isNil(undefined), _.isWeakMap(new WeakMap()), _.isRegExp(/x/), _.isSymbol(Symbol('s'))],
  strings: () => [_.camelCase('--foo-bar--'), _.snakeCase('fooBar XMLHttp2'), _.kebabCase('Foo Bar'), _.startCase('fooBar'), _.deburr('déjà vu Ærøskøbing'), _.escape('<a & "b">'), _.unescape('&lt;p&gt;'), _.padStart('6', 3, '_-'), _.truncate('hi-diddly-ho there, neighborino', { length: 24, separator: /,? +/ }), _.words('fred, barney, & pebbles 👨‍👩‍👧'), _.size('👨‍👩‍👧é'), _.upperFirst('fred'), _.parseInt('08'), _.trimEnd('-_-abc-_-', '_-')],
  templates: () => [_.template('hello <%= user %>! <% _.forEach(list, (one) => { %><li><%- one %></li><% }); %>${1 + 1}')({ user: 'fred', list: ['<b>', 'c'] }), caught(() => _.template('<%= x.y.z %>')({}).length)].map((text) => text.replace(/:.*/, '')),
  functions: async () => {
    const calls = [];
    const debounced = _.debounce((value) => calls.push(value), 5, { leading: true });
    debounced(1); debounced(2); debounced(3);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const memo = _.memoize((n) => n * 2);
    memo(2);
    return { calls, curry: _.curry((a, b, c) => [a, b, c])(1)(_, 3)(2), memo: memo.cache.has(2), flow: _.flow([_.add, (n) => n * n])(1, 2), partial: _.partialRight(_.subtract, 1)(5), once: _.times(3, _.once(() => 7)), ary: ['6', '8', '10'].map(_.ary(parseInt, 1)), over: _.overEvery(Boolean, isFinite)('1'), throttle: typeof _.throttle(() => 1, 10).cancel, deferred: await new Promise((resolve) => _.defer(resolve, 'later')) };
  },
  chains: () => _(people).filter('tags.length').map('age').sortBy().reverse().take(1).concat([1]).value(),
  'lazy chains': () => { let seen = 0; const got = _(_.range(1000)).map((n) => { seen += 1; return n * 2; }).filter((n) => n % 4 === 0).take(3).value(); return [got, seen]; },
  fp: () => [fp.flow(fp.filter((n) => n > 1), fp.map((n) => n * 2))([1, 2, 3]), fp.set('a.b', 1, { a: { c: 2 } }), fp.curry((a, b) => a + b)(1)(2), fp.map(parseInt)(['6', '8', '10'])],
  numbers: () => [_.round(4.006, 2), _.ceil(6040, -2), _.clamp(-10, -5, 5), _.inRange(-3, -2, -6), _.mean([4, 2, 8, 6]), _.random(1, 1), _.sample([3])],
});
