const qs = require('querystring');
module.exports = {
  'parse': () => [qs.parse('a=1&b=2&a=3'), qs.parse('a'), qs.parse('a=%20+b&%zz=1'), qs.parse(''), qs.parse('a:1;b:2', ';', ':'), qs.parse('a=1&b=2', null, null, { maxKeys: 1 }), qs.parse('&&=x&=')],
  'stringify': () => [qs.stringify({ a: [1, 'x y'], b: true, c: null, d: undefined, e: NaN, f: 1n, g: { h: 1 } }), qs.stringify({ a: 'ä&=' }), qs.stringify({ a: 1, b: 2 }, ';', ':'), qs.stringify('x'), qs.stringify({ a: 'b c' }, null, null, { encodeURIComponent: (s) => s.toUpperCase() })],
  'escape and unescape': (t) => [qs.escape("a b!'()*ä"), qs.unescape('%41%zz'), t.caught(() => qs.escape('\ud800')), qs.escape(5), qs.escape({})],
  'null prototype': () => [Object.getPrototypeOf(qs.parse('a=1')), qs.encode === qs.stringify, qs.decode === qs.parse],
};
