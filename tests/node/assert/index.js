const assert = require('assert');
exports.handler = async () => {
  const attempt = (run) => { try { run(); return 'passed'; } catch (error) { return [error.name, error.code, error.message]; } };
  return [attempt(() => assert(true)), attempt(() => assert.strictEqual(1, 2)), attempt(() => assert.deepStrictEqual({ a: 1 }, { a: 1 })), attempt(() => assert.throws(() => { throw new Error('x'); }, /x/)), attempt(() => assert.equal(1, '1')), attempt(() => assert(false, 'said so')), await assert.rejects(Promise.reject(new Error('r'))).then(() => 'rejects'), attempt(() => assert.match('abc', /b/)), typeof assert.strict.equal];
};
