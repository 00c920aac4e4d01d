const crypto = require('crypto');
const { pub, priv, ec, ecpub, ed } = require('./keys.json');
const data = Buffer.from('message');
const both = (digest, key, open) => { const made = crypto.sign(digest, data, key); return [made.length > 40, crypto.verify(digest, data, open, made), crypto.verify(digest, Buffer.from('other'), open, made)]; };
exports.handler = async () => ({
  rsa: crypto.createSign('RSA-SHA256').update('message').sign(priv, 'hex'), verified: crypto.createVerify('sha256').update('message').verify(pub, crypto.sign('sha256', data, priv)),
  pss: both('sha256', { key: priv, padding: 6, saltLength: 32 }, { key: pub, padding: 6 }), es: both('sha256', ec, ecpub), ieee: crypto.sign('sha256', data, { key: ec, dsaEncoding: 'ieee-p1363' }).length,
  ed: crypto.sign(null, data, ed).toString('hex'), oaep: crypto.privateDecrypt(priv, crypto.publicEncrypt({ key: pub, oaepHash: 'sha256' }, Buffer.from('hey')).length === 256 ? crypto.publicEncrypt(pub, Buffer.from('hey')) : data).toString(),
  jwk: crypto.createPrivateKey(priv).export({ format: 'jwk' }), ecJwk: crypto.createPublicKey(ec).export({ format: 'jwk' }), sec1: crypto.createPrivateKey(ec).export({ type: 'sec1', format: 'pem' }),
  same: [crypto.createPublicKey(priv).export({ type: 'spki', format: 'pem' }) === pub, crypto.createPublicKey({ key: crypto.createPublicKey(ec).export({ format: 'jwk' }), format: 'jwk' }).equals(crypto.createPublicKey(ecpub)), crypto.createPrivateKey(ed).export({ type: 'pkcs8', format: 'pem' }) === ed],
  details: [crypto.createPublicKey(pub).asymmetricKeyType, crypto.createPublicKey(pub).asymmetricKeyDetails.modulusLength, crypto.createPublicKey(ecpub).asymmetricKeyDetails],
  wrong: (() => { try { return crypto.sign('nope', data, priv); } catch (error) { return error.code; } })(),
});
