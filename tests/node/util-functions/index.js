const util = require('util');
exports.handler = async () => [
  await util.promisify((a, callback) => callback(null, a * 2))(21), await util.promisify(setTimeout)(1, 'timer'), util.types.isPromise(Promise.resolve()), util.isDeepStrictEqual({ a: [1] }, { a: [1] }),
  util.inherits.name, typeof util.TextEncoder, util.types.isDate(new Date()), await new Promise((resolve) => util.callbackify(async () => 'cb')((error, value) => resolve(value))),
  util.stripVTControlCharacters('\u001b[31mred\u001b[0m'), util.parseArgs({ args: ['--a', '1'], options: { a: { type: 'string' } } }).values.a, util.deprecate((x) => x, 'old')(1), util.types.isUint8Array(Buffer.alloc(1)),
];
