const crypto = require('crypto');
const fault = (run) => { try { return `no error: ${run()}`; } catch (error) { return [error.name, error.code ?? null, error.message]; } };
exports.handler = async () => {
  const out = {};
  const iv = Buffer.alloc(16, 0xff);
  for (const bits of [128, 192, 256]) for (const mode of ['cbc', 'ctr', 'ecb']) {
    const key = Buffer.alloc(bits / 8, 1), name = `aes-${bits}-${mode}`, start = mode === 'ecb' ? null : iv;
    const cipher = crypto.createCipheriv(name, key, start);
    const text = cipher.update('abc', 'utf8', 'hex') + cipher.update('0123456789abcdefXYZ'.repeat(3), 'utf8', 'hex') + cipher.final('hex');
    const decipher = crypto.createDecipheriv(name, key, start);
    out[name] = [text, decipher.update(text.slice(0, 40), 'hex', 'utf8') + decipher.update(text.slice(40), 'hex', 'utf8') + decipher.final('utf8')];
  }
  const key = Buffer.alloc(32, 1);
  for (const length of [12, 16, 7]) {
    const gcm = crypto.createCipheriv('aes-256-gcm', key, iv.subarray(0, length));
    gcm.setAAD(Buffer.from('aad'));
    const text = Buffer.concat([gcm.update('secr'), gcm.update('et'), gcm.final()]);
    const open = (tag) => { const back = crypto.createDecipheriv('aes-256-gcm', key, iv.subarray(0, length)); back.setAAD(Buffer.from('aad')); back.setAuthTag(tag); return back.update(text, null, 'utf8') + back.final('utf8'); };
    out[`gcm${length}`] = [text.toString('hex'), gcm.getAuthTag().toString('hex'), open(gcm.getAuthTag()), fault(() => open(Buffer.alloc(16)))];
  }
  out.bad = fault(() => { const wrong = crypto.createDecipheriv('aes-256-cbc', key, iv); wrong.update(Buffer.alloc(16)); wrong.final(); });
  out.key = fault(() => crypto.createCipheriv('aes-256-cbc', 'short', iv));
  out.iv = fault(() => crypto.createCipheriv('aes-256-cbc', key, 'short'));
  const raw = await globalThis.crypto.subtle.importKey('raw', key, 'AES-GCM', true, ['encrypt', 'decrypt']);
  const text = await globalThis.crypto.subtle.encrypt({ name: 'AES-GCM', iv: iv.subarray(0, 12) }, raw, Buffer.from('d'));
  out.subtle = [Buffer.from(text).toString('hex'), Buffer.from(await globalThis.crypto.subtle.decrypt({ name: 'AES-GCM', iv: iv.subarray(0, 12) }, raw, text)).toString(), await globalThis.crypto.subtle.exportKey('jwk', raw)];
  return out;
};
