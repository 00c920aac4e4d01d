exports.handler = async () => {
  const url = new URL('../b/./c?q=1&q=2#frag', 'https://user:p%40ss@EXAMPLE.com:8443/a/x/y');
  url.searchParams.append('r', 'ä b'); url.port = '443'; url.hash = '';
  const list = ['http://a/b c', 'HTTP://ÄÖ.example/', 'http://1.2.3', 'http://[::1]:80/x', 'file:///C|/a/../b', 'mailto:x@y.z', 'javascript:alert(1)', 'http://a:b@c:80/?x#y', 'https://x/%7Ea/é', '//nope', 'http://', 'data:text/plain,hi there', 'http://0x7f.1/', 'ftp://a/b;c', 'http://a//b///c', 'custom://Host/P?q', 'http://ex.com:99999/', 'http://a b/', 'http://[1:2::3]/', 'ws://x?y', 'http://a\\b\\c', ' http://trim/ '];
  const legacy = require('url').parse('http://u:p@host:80/p/a?x=1#h', true);
  return {
    href: url.href, origin: url.origin, parts: [url.username, url.password, url.host, url.pathname, url.search], list: list.map((text) => { try { return new URL(text).href; } catch (error) { return error.code; } }),
    legacy: [legacy.host, legacy.query.x, legacy.pathname, legacy.hash], file: require('url').pathToFileURL('/tmp/a b').href, back: require('url').fileURLToPath('file:///tmp/a%20b'),
    params: [...new URLSearchParams({ a: '1', b: 'x y' })].join(), text: new URLSearchParams('?a=1&b=%20+x').toString(), can: URL.canParse('x:y'), format: require('url').format({ protocol: 'http', host: 'a', pathname: '/b', query: { c: 1 } }), resolve: require('url').resolve('http://a/b/c', '../d'),
    json: JSON.stringify({ u: new URL('http://a') }), inspect: require('util').inspect(new URL('http://a/b?c')).split('\n').length,
  };
};
