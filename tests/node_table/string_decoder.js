const { StringDecoder } = require('string_decoder');
module.exports = {
  'utf8 in pieces': () => { const d = new StringDecoder(); return [d.write(Buffer.from([0xe2])), d.write(Buffer.from([0x82])), d.write(Buffer.from([0xac, 0x41])), d.end()]; },
  'incomplete at the end': () => { const d = new StringDecoder('utf8'); return [d.write(Buffer.from([0x41, 0xf0, 0x9f])), d.end(), d.end(Buffer.from([0x42]))]; },
  'base64 in pieces': () => { const d = new StringDecoder('base64'); return [d.write(Buffer.from('a')), d.write(Buffer.from('bcd')), d.end()]; },
  'utf16 in pieces': () => { const d = new StringDecoder('utf16le'); const b = Buffer.from('a😀', 'utf16le'); return [d.write(b.subarray(0, 3)), d.write(b.subarray(3, 5)), d.write(b.subarray(5)), d.end()]; },
  'hex and latin1': () => [new StringDecoder('hex').write(Buffer.from('hi')), new StringDecoder('latin1').write(Buffer.from([0xe9])), new StringDecoder('ascii').encoding],
  'errors': (t) => [t.caught(() => new StringDecoder('nope')), t.caught(() => new StringDecoder().write(5)), new StringDecoder().write('text')],
};
