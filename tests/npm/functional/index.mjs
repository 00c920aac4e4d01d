// immer, ramda, underscore, ulid.
import { table } from '../table.cjs';
import { produce, produceWithPatches, enablePatches, enableMapSet, applyPatches, current, isDraft, original } from 'immer';
import * as R from 'ramda';
import _ from 'underscore';
import { ulid, monotonicFactory, decodeTime } from 'ulid';

enablePatches();
enableMapSet();

export const handler = table({
  immer: () => { const base = { list: [{ n: 1 }, { n: 2 }], map: new Map([['a', { x: 1 }]]), set: new Set([1]) }; const next = produce(base, (draft) => { draft.list[0].n = 5; draft.list.push({ n: 3 }); draft.map.get('a').x = 2; draft.set.add(2); delete draft.nothing; }); const [changed, patches, inverse] = produceWithPatches(base, (draft) => { draft.list.splice(0, 1); }); return [next, next.list[1] === base.list[1], Object.isFrozen(next.list), patches, applyPatches(changed, inverse).list.length, produce({ a: 1 }, (draft) => { void [isDraft(draft), current(draft), original(draft)]; })]; },
  ramda: () => [R.pipe(R.filter(R.propEq(1, 'a')), R.map(R.evolve({ b: R.inc })))([{ a: 1, b: 1 }, { a: 2, b: 2 }]), R.groupBy(R.prop('k'), [{ k: 'x' }, { k: 'y' }, { k: 'x' }]), R.path(['a', 0, 'b'], { a: [{ b: 5 }] }), R.over(R.lensPath(['a', 'b']), R.toUpper, { a: { b: 'x' } }), R.curry((a, b, c) => a + b + c)(1)(R.__, 3)(2), R.mergeDeepRight({ a: { b: 1 } }, { a: { c: 2 } }), R.converge(R.divide, [R.sum, R.length])([1, 2, 3]), R.transduce(R.compose(R.map(R.inc), R.take(2)), R.flip(R.append), [], [1, 2, 3]), R.equals({ a: [1, new Date(0)] }, { a: [1, new Date(0)] }), R.sortWith([R.descend(R.prop('a'))], [{ a: 1 }, { a: 2 }]), R.toString({ a: [1, 'x'] })],
  underscore: () => [_.chain([3, 1, 2]).sortBy().map((n) => n * 2).value(), _.groupBy([1.3, 2.1, 2.4], Math.floor), _.template('<%= a %> <%- b %>')({ a: 1, b: '<' }), _.pluck([{ a: 1 }], 'a'), _.isEqual({ a: new Date(0) }, { a: new Date(0) }), _.memoize((n) => n)(5), _.escape('<&>'), _.range(3), _.partition([1, 2, 3], (n) => n > 1)],
  ulid: () => { const next = monotonicFactory(() => 0.5); const [one, two] = [next(1700000000000), next(1700000000000)]; return [ulid().length, decodeTime(ulid(1700000000000)), one < two, one, two, new Set(Array.from({ length: 500 }, () => ulid())).size]; },
});
