module.exports = {
  'from and toString in every encoding': () => ['utf8', 'hex', 'base64', 'base64url', 'latin1', 'binary', 'ascii', 'ucs2', 'utf16le'].map((e) => Buffer.from('héllo ✓').toString(e)),
  'from text in every encoding': () => [Buffer.from('68656c6c6f', 'hex'), Buffer.from('aGk_-w', 'base64'), Buffer.from('aGk_-w', 'base64url'), Buffer.from('é', 'latin1'), Buffer.from('ab', 'utf16le'), Buffer.from('6865zz', 'hex'), Buffer.from('a b=c', 'base64')],
  'wrong arguments of from': (t) => [t.caught(() => Buffer.from()), t.caught(() => Buffer.from(5)), t.caught(() => Buffer.from(null)), t.caught(() => Buffer.from('x', 'nope')), t.caught(() => Buffer.from({})), t.caught(() => Buffer.from(Symbol('x')))],
  'wrong sizes of alloc': (t) => [t.caught(() => Buffer.alloc(-1)), t.caught(() => Buffer.alloc('5')), t.caught(() => Buffer.alloc(NaN)), t.caught(() => Buffer.allocUnsafe(2 ** 53))],
  'alloc with fill': () => [Buffer.alloc(5, 'ab'), Buffer.alloc(3, 1), Buffer.alloc(4, 'YQ==', 'base64'), Buffer.alloc(2, Buffer.from('xyz'))],
  'concat': (t) => [Buffer.concat([Buffer.from('a'), Buffer.from('bc')]), Buffer.concat([Buffer.from('abc')], 2), Buffer.concat([], 2), t.caught(() => Buffer.concat('x')), t.caught(() => Buffer.concat([1]))],
  'compare and equals': (t) => [Buffer.compare(Buffer.from('a'), Buffer.from('b')), Buffer.from('a').equals(Buffer.from('a')), Buffer.from('abc').compare(Buffer.from('xabc'), 1), t.caught(() => Buffer.from('a').equals('a'))],
  'indexOf and includes': () => [Buffer.from('hello').indexOf('l'), Buffer.from('hello').lastIndexOf('l'), Buffer.from('hello').includes('ell'), Buffer.from('hello').indexOf(111), Buffer.from('hello').indexOf(Buffer.from('lo')), Buffer.from('hello').indexOf('l', -2), Buffer.from('hello').indexOf('')],
  'slice shares memory': () => { const b = Buffer.from('hello'); const s = b.slice(1, 3); s[0] = 65; return [b.toString(), s.length, b.subarray(-2).toString(), b.slice(3, 1).length]; },
  'toJSON': () => JSON.stringify({ b: Buffer.from('hi') }),
  'inspect': () => [Buffer.from('hello'), Buffer.alloc(0), Buffer.alloc(60)],
  'integers': () => { const b = Buffer.alloc(8); b.writeUInt16BE(0x1234, 0); b.writeInt32LE(-5, 2); return [b.readUInt16LE(0), b.readInt32LE(2), b.readInt8(2), b.readUIntBE(0, 3), b.toString('hex')]; },
  'floats and big integers': () => { const b = Buffer.alloc(24); b.writeDoubleBE(1.5, 0); b.writeFloatLE(-2.25, 8); b.writeBigInt64BE(-7n, 12); return [b.toString('hex'), b.readDoubleBE(0), b.readFloatLE(8), b.readBigInt64BE(12), b.readBigUInt64LE(12)]; },
  'out of range': (t) => [t.caught(() => Buffer.alloc(2).readUInt32BE(0)), t.caught(() => Buffer.alloc(2).readUInt8(2)), t.caught(() => Buffer.alloc(2).writeUInt8(256, 0)), t.caught(() => Buffer.alloc(2).readInt8('0')), t.caught(() => Buffer.alloc(9).writeBigInt64LE(2n ** 63n)), t.caught(() => Buffer.alloc(2).readInt8(0.5))],
  'write': () => { const b = Buffer.alloc(6); return [b.write('héy'), b.write('zz', 4), b.write('abc', 5), b.toString(), b.write('ff', 0, 'hex'), b]; },
  'fill': (t) => [Buffer.alloc(4).fill('ab'), Buffer.alloc(4).fill(0x61, 1, 3), Buffer.alloc(3).fill('é'), t.caught(() => Buffer.alloc(2).fill('a', 5))],
  'swap': (t) => [Buffer.from('abcd').swap16().toString(), Buffer.from('abcd').swap32().toString(), Buffer.from('abcdefgh').swap64().toString(), t.caught(() => Buffer.from('a').swap16())],
  'copy': () => { const a = Buffer.from('abcdef'); const b = Buffer.alloc(4, 46); return [a.copy(b, 1, 2), b.toString(), a.copy(a, 2), a.toString()]; },
  'byteLength': (t) => [Buffer.byteLength('é✓'), Buffer.byteLength('aGk=', 'base64'), Buffer.byteLength('616', 'hex'), Buffer.byteLength('ab', 'ucs2'), Buffer.byteLength(new ArrayBuffer(3)), t.caught(() => Buffer.byteLength(5))],
  'isBuffer and isEncoding': () => [Buffer.isBuffer(Buffer.alloc(1)), Buffer.isBuffer(new Uint8Array(1)), Buffer.isEncoding('UTF-8'), Buffer.isEncoding('hex'), Buffer.isEncoding('x'), Buffer.isEncoding(null)],
  'iterators': () => [[...Buffer.from('ab')], [...Buffer.from('ab').keys()], [...Buffer.from('ab').entries()]],
  'bad utf8': () => [Buffer.from([0xff, 0x61, 0xc3]).toString(), Buffer.from([0xe2, 0x9c]).toString(), Buffer.from('\ud800').toString('hex'), Buffer.from([0xf0, 0x9f, 0x98, 0x80]).toString()],
  'array methods keep the class': () => [Buffer.from('abc').map((x) => x + 1), Buffer.from('abc').filter((x) => x > 97), Buffer.from('cab').sort().toString(), Buffer.from('abc').reverse().toString()],
  'module': () => { const b = require('buffer'); return [Object.keys(b).sort(), b.constants.MAX_STRING_LENGTH > 1e6, b.kMaxLength > 1e6, b.INSPECT_MAX_BYTES, b.isUtf8(Buffer.from('é')), b.isAscii(Buffer.from('é')), b.transcode(Buffer.from('é'), 'utf8', 'latin1')]; },
  'of an array buffer': (t) => { const a = new ArrayBuffer(4); const b = Buffer.from(a, 1, 2); b[0] = 9; return [new Uint8Array(a), b.byteOffset, b.length, t.caught(() => Buffer.from(a, 5)), t.caught(() => Buffer.from(a, 1, 9))]; },
  'from objects': () => [Buffer.from({ length: 2, 0: 5, 1: 6 }), Buffer.from(new String('s')), Buffer.from({ type: 'Buffer', data: [1, 2] }), Buffer.from([256, -1, 1.9, '7'])],
  'blob and file': async () => { const b = new Blob(['ab', new Uint8Array([99])], { type: 'Text/Plain' }); return [b.size, b.type, await b.text(), await b.slice(1, 2).text(), Buffer.from(await b.arrayBuffer()).toString(), b]; },
  'atob and btoa': (t) => [btoa('hi'), atob('aGk='), atob(' aG k'), t.caught(() => btoa('✓')), t.caught(() => atob('*'))],
  'long ones: searching': () => {
    const long = Buffer.from(`${'ab'.repeat(20000)}needle${'ba'.repeat(20000)}needle`);
    return [long.indexOf('needle'), long.indexOf('needle', 40001), long.indexOf('needle', -3), long.lastIndexOf('needle'), long.lastIndexOf('needle', 80000), long.lastIndexOf('needle', -7), long.lastIndexOf('ab', 0), long.indexOf('ba', 39998), long.includes('nothing'), long.indexOf(Buffer.from('aba')), long.indexOf('6e6565', 'hex'), long.indexOf('6e6565', 0, 'hex'), long.indexOf(''), long.indexOf('', 90000), long.lastIndexOf(''), long.indexOf(long), long.indexOf(long, 1), long.indexOf('needle', 1.5), long.indexOf('needle', NaN), long.lastIndexOf('needle', null), long.indexOf(98, 40000), long.indexOf(Buffer.from('ed', 'utf16le'), 0, 'utf16le')];
  },
  'long ones: comparing': () => {
    const one = Buffer.alloc(50000, 'xy');
    const other = Buffer.from(one);
    const before = [one.equals(other), one.compare(other), Buffer.compare(one, other)];
    other[49999] = 0;
    return [before, one.equals(other), one.compare(other), Buffer.compare(other, one), one.compare(one.subarray(1)), one.subarray(0, 400).compare(one), one.equals(new Uint8Array(one)), one.compare(other, 0, 10, 0, 10), [other, one].sort(Buffer.compare)[0] === other];
  },
  'long ones: filling': () => {
    const shown = (bytes) => [bytes.subarray(0, 5).toString('hex'), bytes.subarray(-5).toString('hex'), bytes.reduce((sum, byte) => sum + byte, 0)];
    return [Buffer.alloc(1000, 'abc'), Buffer.alloc(1000, 'YWI=', 'base64'), Buffer.alloc(1000, 'ü'), Buffer.alloc(1000, 300), Buffer.alloc(1000).fill(Buffer.from([1, 2, 3]), 10, 900), Buffer.alloc(1000).fill('abc', 990), Buffer.alloc(1000).fill('61', 1, 'hex'), Buffer.alloc(1000).fill(1, 5, 7), Buffer.alloc(1000, 1).fill(0), Buffer.alloc(1000).fill('x'.repeat(2000)), Buffer.alloc(1000, 1).fill(''), Buffer.alloc(1000).fill(true)].map(shown);
  },
  'long ones: text and back': () => {
    const bytes = Buffer.from(Array.from({ length: 1000 }, (_, at) => (at * 7) % 256));
    return ['hex', 'base64', 'base64url', 'latin1', 'binary', 'ascii', 'utf16le', 'ucs2', 'UTF-16LE', 'HEX'].map((encoding) => { const text = bytes.toString(encoding); const back = Buffer.from(text, encoding); return [encoding, text.length, text.slice(0, 8), back.length, back.equals(bytes), bytes.toString(encoding, 10, 300).length, bytes.toString(encoding, -5, 4000).length, Buffer.byteLength(text, encoding), Buffer.alloc(2000).write(text, 100, encoding), Buffer.alloc(600).write(text, encoding), Buffer.alloc(2000).write(text, 5, 301, encoding)]; });
  },
  'long ones: halves of characters': () => { const text = `${'a'.repeat(400)}\ud83d${'b'.repeat(400)}`; return ['latin1', 'utf16le', 'utf8', 'ascii'].map((encoding) => { const bytes = Buffer.from(text, encoding); return [bytes.length, bytes.subarray(395, 410).toString('hex'), bytes.toString(encoding) === text]; }); },
  'long ones: unclean base64 and hex': () => [Buffer.from(` ${'aGk_\n'.repeat(100)}==`, 'base64').length, Buffer.from('aGk-'.repeat(100), 'base64url').length, Buffer.from(`${'61'.repeat(200)}zz61`, 'hex').length, Buffer.byteLength(`${'aGk='.repeat(100)}`, 'base64'), Buffer.byteLength('a=', 'base64')],
  'long ones: recognized and decoded': () => { const { isUtf8, isAscii } = require('node:buffer'); const long = Buffer.from('ü'.repeat(400)); return [isUtf8(long), isUtf8(long.subarray(1)), isAscii(long), isAscii(Buffer.alloc(400, 'a')), new TextDecoder('latin1').decode(Uint8Array.from({ length: 300 }, (_, at) => at)).slice(165, 180), new TextDecoder('utf-16le').decode(Buffer.from('€'.repeat(300), 'utf16le')).length, new TextDecoder('utf-16be').decode(Buffer.from('€x'.repeat(300), 'utf16le').swap16()).slice(0, 4)]; },
  'long ones: atob and btoa': (t) => [btoa('\xff'.repeat(300)).length, atob(btoa('é'.repeat(301))) === 'é'.repeat(301), t.caught(() => btoa('€'.repeat(300))), atob(` ${'aGk='}\n`), t.caught(() => atob(`${'aGk'.repeat(99)}*`)) !== 'no error', t.caught(() => atob('a')) !== 'no error', atob('')],
  'slices and writes by encoding': () => { const bytes = Buffer.from('grüße aus Ü'); return [['ascii', 'base64', 'base64url', 'hex', 'latin1', 'ucs2', 'utf8'].map((encoding) => [bytes[`${encoding}Slice`](0, 6), bytes[`${encoding}Slice`]().length, bytes[`${encoding}Slice`](2).length, typeof bytes[`${encoding}Write`]]), Buffer.alloc(8).base64urlWrite('aGk_', 1)]; },
};
