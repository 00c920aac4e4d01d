const assert = require('assert');
const say = (f) => { try { f(); return 'no error'; } catch (e) { return [e.name, e.code, e.message, e.generatedMessage, e.operator]; } };
module.exports = {
  'equal': () => [say(() => assert.equal(1, 2)), say(() => assert.equal(1, '1')), say(() => assert.strictEqual(1, 2)), say(() => assert.strictEqual('a', 'b', 'mine')), say(() => assert.notStrictEqual(1, 1)), say(() => assert.strictEqual(NaN, NaN))],
  'ok': () => [say(() => assert.ok(0, 'm')), say(() => assert(false, 'x')), say(() => assert.ok())],
  'deepStrictEqual': () => say(() => assert.deepStrictEqual({ a: 1, b: [1, 2] }, { a: 1, b: [1, 3] })),
  'deepEqual': () => [say(() => assert.deepEqual([1, '2'], ['1', 2])), say(() => assert.deepEqual({ a: 1 }, { a: 2 })), say(() => assert.notDeepStrictEqual({ a: 1 }, { a: 1 }))],
  'throws': () => [say(() => assert.throws(() => {})), say(() => assert.throws(() => { throw new Error('abc'); }, /abc/)), say(() => assert.throws(() => { throw new Error('abc'); }, /x/)), say(() => assert.throws(() => { throw new TypeError('m'); }, { name: 'TypeError', message: 'm' })), say(() => assert.doesNotThrow(() => { throw new Error('q'); }))],
  'rejects': async (t) => [await t.rejected(() => assert.rejects(Promise.resolve())), await t.rejected(() => assert.rejects(Promise.reject(new Error('x')), /x/)), await t.rejected(() => assert.doesNotReject(Promise.reject(new Error('y'))))],
  'match and fail': () => [say(() => assert.match('abc', /x/)), say(() => assert.doesNotMatch('abc', /a/)), say(() => assert.fail()), say(() => assert.fail('f')), say(() => assert.ifError(null)), say(() => assert.ifError(new Error('i')))],
  'AssertionError': () => { const e = new assert.AssertionError({ actual: 1, expected: 2, operator: 'strictEqual' }); return [e.message, e.actual, e.expected, e.code]; },
  'an error as message': () => say(() => assert.strictEqual(1, 2, new RangeError('own'))),
  'long texts': () => say(() => assert.strictEqual('a\nb\nc', 'a\nB\nc')),
  'strict': () => [assert.strict.equal === assert.strict.strictEqual, require('assert/strict') === assert.strict, say(() => assert.strict.equal(1, '1'))],
};
