const crypto = require('crypto');
exports.handler = async () => {
  const hash = crypto.createHash('sha256').update('a').update(Buffer.from('b'));
  const copy = hash.copy();
  return {
    md5: crypto.createHash('md5').update('hello').digest('hex'), sha256: hash.digest('base64'), copy: copy.update('c').digest('hex'), hmac: crypto.createHmac('sha1', 'key').update('data').digest('hex'), sha512: crypto.createHash('SHA512').update('').digest('hex').length,
    bytes: crypto.randomBytes(16).length, uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()), int: (() => { const n = crypto.randomInt(5, 8); return n >= 5 && n < 8; })(), equal: crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('a')),
    subtle: Buffer.from(await globalThis.crypto.subtle.digest('SHA-256', new TextEncoder().encode('x'))).toString('hex'), values: globalThis.crypto.getRandomValues(new Uint8Array(4)).length, callback: await new Promise((resolve) => crypto.randomBytes(4, (error, bytes) => resolve(bytes.length))), unknown: (() => { try { crypto.createHash('nope'); } catch (error) { return error.message; } })(), twice: (() => { const h = crypto.createHash('md5'); h.digest(); try { h.digest(); } catch (error) { return error.code; } })(),
  };
};
