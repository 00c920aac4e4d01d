const { table, caught } = require('../table.cjs');
const jwt = require('jsonwebtoken');
const { generateKeyPairSync, createPublicKey, createSecretKey } = require('node:crypto');

const now = 1700000000;
const pem = { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } };
let rsa;
const rsaKeys = () => (rsa ??= generateKeyPairSync('rsa', { modulusLength: 2048, ...pem }));
const clock = { clockTimestamp: now };
const verify = (token, key, options) => jwt.verify(token, key, { ...clock, ...options });

exports.handler = table({
  HS256: () => {
    const token = jwt.sign({ sub: 'ada', admin: true, iat: now }, 'a secret');
    return [token, verify(token, 'a secret'), jwt.decode(token, { complete: true })];
  },
  'HS384 and HS512': () => ['HS384', 'HS512'].map((algorithm) => jwt.sign({ a: 'ü', iat: now }, Buffer.from('key'), { algorithm, noTimestamp: true })),
  'keys as objects': () => { const key = createSecretKey(Buffer.alloc(32, 1)); return verify(jwt.sign({ iat: now }, key), key); },
  'all claims': () => {
    const token = jwt.sign({ iat: now }, 's', { expiresIn: '2h', notBefore: '-10s', audience: ['a', 'b'], issuer: 'me', subject: 'you', jwtid: 'id', keyid: 'k1', header: { x: 1 } });
    return [jwt.decode(token, { complete: true }), verify(token, 's', { audience: /^b/, issuer: ['x', 'me'], subject: 'you', jwtid: 'id', maxAge: '3h', complete: true }).header];
  },
  expired: () => { const token = jwt.sign({ iat: now, exp: now + 10 }, 's'); try { return jwt.verify(token, 's', { clockTimestamp: now + 60 }); } catch (error) { return [error.name, error.message, error.expiredAt, error instanceof jwt.TokenExpiredError, error instanceof jwt.JsonWebTokenError]; } },
  'expired within the tolerance': () => jwt.verify(jwt.sign({ iat: now, exp: now + 10 }, 's'), 's', { clockTimestamp: now + 15, clockTolerance: 10 }),
  'not yet active': () => caught(() => verify(jwt.sign({ iat: now }, 's', { notBefore: 100 }), 's')),
  'wrong claims': () => {
    const token = jwt.sign({ iat: now, aud: 'a', iss: 'me' }, 's');
    return [{ audience: 'x' }, { issuer: 'x' }, { subject: 'x' }, { jwtid: 'x' }, { nonce: 'x' }, { algorithms: ['HS512'] }].map((options) => caught(() => verify(token, 's', options)));
  },
  'broken tokens': () => ['', 'x', 'a.b.c', `${jwt.sign({ iat: now }, 's').slice(0, -2)}xx`, 5].map((token) => caught(() => verify(token, 's'))),
  'no algorithm': () => { const token = jwt.sign({ iat: now }, null, { algorithm: 'none' }); return [token, caught(() => verify(token, 's')), verify(token, null, { algorithms: ['none'] })]; },
  RS256: () => { const { publicKey, privateKey } = rsaKeys(); const token = jwt.sign({ iat: now, a: 1 }, privateKey, { algorithm: 'RS256', keyid: 'r' }); return [verify(token, publicKey), verify(token, createPublicKey(publicKey), { algorithms: ['RS256'], complete: true }).header, caught(() => verify(token, publicKey, { algorithms: ['HS256'] })), caught(() => verify(`${token.slice(0, -8)}AAAAAAAA`, publicKey))]; },
  PS256: () => { const { publicKey, privateKey } = rsaKeys(); return ['PS256', 'PS512', 'RS512'].map((algorithm) => verify(jwt.sign({ iat: now, algorithm }, privateKey, { algorithm }), publicKey)); },
  ES256: () => [['ES256', 'prime256v1'], ['ES384', 'secp384r1'], ['ES512', 'secp521r1']].map(([algorithm, namedCurve]) => { const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve, ...pem }); const token = jwt.sign({ iat: now, algorithm }, privateKey, { algorithm }); return [verify(token, publicKey), token.split('.')[2].length, caught(() => verify(token, rsaKeys().publicKey))]; }),
  'a fixed key': () => verify('eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE3MDAwMDAwMDB9.AAAA', 'not a key').toString(),
  'keys that do not fit': () => [caught(() => jwt.sign({}, 's', { algorithm: 'RS256' })), caught(() => jwt.sign({}, generateKeyPairSync('ec', { namedCurve: 'prime256v1', ...pem }).privateKey, { algorithm: 'ES384' })), caught(() => jwt.sign({}, '')), caught(() => jwt.sign({}, 's', { expiresIn: 'soon' })), caught(() => jwt.sign({ exp: 1 }, 's', { expiresIn: 5 })), caught(() => jwt.sign('text', 's', { expiresIn: 5 })), caught(() => jwt.sign({}, 's', { bogus: 1 }))],
  'a weak key': () => { const weak = generateKeyPairSync('rsa', { modulusLength: 1024, ...pem }); return [caught(() => jwt.sign({}, weak.privateKey, { algorithm: 'RS256' })), jwt.sign({ iat: 1 }, weak.privateKey, { algorithm: 'RS256', allowInsecureKeySizes: true }).split('.').length]; },
  'payloads of text': () => { const token = jwt.sign('just text', 's'); return [jwt.decode(token), verify(token, 's')]; },
  callbacks: async () => [await new Promise((resolve) => jwt.sign({ iat: now }, 's', (error, token) => resolve([error, token]))), await new Promise((resolve) => jwt.verify('x', 's', (error) => resolve(error.message))), await new Promise((resolve) => jwt.verify(jwt.sign({ iat: now }, 'found', { keyid: 'k' }), (header, found) => found(null, header.kid === 'k' ? 'found' : 'x'), clock, (error, claims) => resolve([error, claims])))],
  'order of callbacks': async () => { const order = []; const done = new Promise((resolve) => jwt.sign({ iat: now }, 's', () => { order.push('signed'); resolve(); })); order.push('asked'); await done; return order; },
});
