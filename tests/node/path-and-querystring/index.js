const path = require('path');
const qs = require('querystring');
exports.handler = async () => [path.join('/a', '../b', 'c.txt'), path.resolve('/x', 'y', '..'), path.basename('/a/b.txt', '.txt'), path.extname('a.b.c'), path.relative('/a/b/c', '/a/d'), path.parse('/home/u/f.txt'), path.format({ dir: '/d', base: 'b' }), path.normalize('/a//b/../c/.'), path.win32.join('a', 'b'), path.isAbsolute('a'), path.sep, qs.parse('a=1&b=2&a=3&c=%20x'), qs.stringify({ a: [1, 2], b: 'ä' }), require('path/posix') === path.posix, require('punycode').toASCII('mañana.com')];
