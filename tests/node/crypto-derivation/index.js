const crypto = require('crypto');
const { promisify } = require('util');
const code = (run) => { try { return `no error: ${run()}`; } catch (error) { return error.code; } };
exports.handler = async () => ({
  pbkdf2: crypto.pbkdf2Sync('password', 'salt', 1000, 70, 'sha512').toString('hex'), later: (await promisify(crypto.pbkdf2)('password', 'salt', 2, 20, 'sha1')).toString('hex'),
  scrypt: crypto.scryptSync('password', 'NaCl', 64, { N: 1024, r: 8, p: 2 }).toString('hex'), hkdf: Buffer.from(crypto.hkdfSync('sha256', 'key', 'salt', 'info', 50)).toString('hex'),
  digest: code(() => crypto.pbkdf2Sync('a', 'b', 1, 1, 'nope')), iterations: code(() => crypto.pbkdf2Sync('a', 'b', 0, 1, 'sha1')), memory: code(() => crypto.scryptSync('a', 'b', 1, { N: 1 << 20 })),
  hashes: ['sha3-256', 'ripemd160', 'blake2b512', 'sha512-256'].map((name) => crypto.createHash(name).update('abc').digest('hex')),
});
