exports.handler = async () => {
  const b = Buffer.from('héllo €𝄞');
  return {
    hex: b.toString('hex'), base64: b.toString('base64'), url: Buffer.from([251, 255]).toString('base64url'), latin1: Buffer.from('é', 'latin1').toJSON(),
    back: Buffer.from('aGk_', 'base64').toString('hex'), nopad: Buffer.from('YWI', 'base64').toString(), utf16: Buffer.from('hi', 'utf16le').toString('hex'),
    length: Buffer.byteLength('€'), concat: Buffer.concat([Buffer.from('a'), Buffer.alloc(2, 'x')]).toString(), slice: b.subarray(0, 3).toString(), equals: b.equals(Buffer.from(b)),
    read: [Buffer.from([1, 2, 3, 4]).readUInt32BE(), Buffer.from([1, 2, 3, 4]).readInt16LE(1), Buffer.from([0, 0, 128, 63]).readFloatLE()],
    index: b.indexOf('llo'), compare: Buffer.compare(Buffer.from('a'), Buffer.from('b')), is: Buffer.isBuffer(b), json: JSON.stringify(Buffer.from('x')), inspect: require('util').inspect(Buffer.from('abc')),
    invalid: Buffer.from([0xff, 0x61]).toString(), big: Buffer.from('x'.repeat(5000) + '€').length, text: new TextDecoder().decode(new TextEncoder().encode('日本')), atob: atob('aGk='), btoa: btoa('hi'),
    long: Buffer.from(Buffer.alloc(100000, 'ab').toString('base64'), 'base64').length,
  };
};
