const util = require('util');
class Point { constructor() { this.x = 1; this.y = [1, 2]; } get sum() { return 3; } }
exports.handler = async () => [
  util.inspect({ a: 1, b: 'two', c: [1, , 3], d: { e: { f: { g: 1 } } }, h: null, i: undefined, [Symbol('s')]: 1n }),
  util.inspect(new Map([['a', { b: 1 }], [{ k: 1 }, 2]])), util.inspect(new Set([1, 'x'])), util.inspect(new Point()), util.inspect([new Date(0), /x/g, () => 1, function named() {}, class A {}]),
  util.format('%s %d %i %f %j %o %O %% %c x', 'text', 42.5, 42.5, '1.5', { a: 1 }, [1], { b: 2 }, 'css'), util.inspect('it\'s'), util.inspect({ s: 'a\nb' }), util.inspect(Object.create(null)),
  util.inspect(new (class extends Array {})(3)), util.inspect(new Uint8Array(3)), util.inspect(new Error('plain')).split('\n')[0], util.inspect(Array.from({ length: 120 }, (_, i) => i)),
  util.inspect('x'.repeat(10).split(''), { compact: false }), util.inspect({ a: { b: { c: {} } } }, { depth: 0 }), util.inspect(-0), util.inspect([,'a']), util.inspect(new Proxy({ a: 1 }, {})), util.inspect(globalThis.process.nextTick),
  (() => { const o = { name: 'o' }; o.self = o; return util.inspect(o); })(), util.inspect({ [util.inspect.custom]: () => 'custom!' }), util.inspect(new Number(3)), util.inspect(Symbol('x')), util.inspect([undefined, null, NaN]),
  util.inspect({ get a() { return 1; }, set b(v) {} }), util.inspect(new WeakMap()), util.inspect((function () { return arguments; })(1, 2)), util.inspect(async () => {}), util.inspect(new ArrayBuffer(2)), util.inspect({ long: 'word '.repeat(30) }),
];
