const path = require('path');
module.exports = {
  'join and normalize': (t) => [path.join('/a', '..', 'b', './c'), path.join(''), path.join('a', '', '../..'), path.normalize('/a//b/../c/.'), path.normalize('./a/'), path.normalize(''), t.caught(() => path.join(5)), t.caught(() => path.join('a', null))],
  'resolve': () => [path.resolve('/a', 'b', '../c'), path.resolve('/a', '/b'), path.resolve('/x', '.')],
  'dirname, basename, extname': () => [path.dirname('/a/b'), path.dirname('a'), path.dirname('/'), path.basename('/a/b.js', '.js'), path.basename('/a/'), path.basename('a.js', 'a.js'), path.extname('a.b.c'), path.extname('.a'), path.extname('a.'), path.extname('.a.b')],
  'parse and format': () => [path.parse('/home/u/f.txt'), path.parse('./a'), path.parse('/'), path.format({ dir: '/a', base: 'b' }), path.format({ root: '/', name: 'f', ext: '.x' }), path.format({ name: 'f', ext: 'x' })],
  'relative': () => [path.relative('/a/b/c', '/a/d'), path.relative('/a', '/a'), path.relative('/a/b', '/a/b/c/d'), path.relative('/', '/x')],
  'isAbsolute and sep': () => [path.isAbsolute('/a'), path.isAbsolute('a'), path.isAbsolute(''), path.sep, path.delimiter],
  'win32': () => [path.win32.join('a', 'b'), path.win32.parse('C:\\a\\b.txt'), path.win32.normalize('C:/a/../b'), path.win32.isAbsolute('C:/'), path.posix === path, path.win32.relative('C:\\a', 'D:\\b'), path.win32.basename('C:\\a\\b')],
  'matchesGlob and names': () => [path.toNamespacedPath('/a'), Object.keys(path.posix).filter((k) => !['matchesGlob'].includes(k)).sort()],
  'errors of arguments': (t) => [t.caught(() => path.dirname()), t.caught(() => path.basename('a', 5)), t.caught(() => path.format('x')), t.caught(() => path.parse(null))],
};
