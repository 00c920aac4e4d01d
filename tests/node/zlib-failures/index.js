const zlib = require('zlib');
const fault = (run) => { try { return `no error: ${run()}`; } catch (error) { return [error.name, error.code, error.errno, error.message]; } };
exports.handler = async () => {
  const packed = zlib.gzipSync('hello '.repeat(1000));
  const damaged = zlib.deflateSync('hello');
  damaged[damaged.length - 1] ^= 1;
  const stream = zlib.createGunzip();
  const bomb = zlib.gzipSync(Buffer.alloc(8 << 20));
  return {
    header: fault(() => zlib.gunzipSync('not gzip')), inflate: fault(() => zlib.inflateSync('nope')), block: fault(() => zlib.inflateRawSync(Buffer.from([7, 7]))),
    cut: fault(() => zlib.gunzipSync(packed.subarray(0, 20))), empty: fault(() => zlib.gunzipSync('')), check: fault(() => zlib.inflateSync(damaged)),
    bomb: fault(() => zlib.gunzipSync(bomb, { maxOutputLength: 1000 })), dictionary: fault(() => zlib.inflateSync(zlib.deflateSync('x', { dictionary: Buffer.from('x') }))),
    type: fault(() => zlib.gzipSync(5)).slice(0, 2), level: fault(() => zlib.gzipSync('', { level: 10 })).slice(0, 2),
    callback: await new Promise((resolve) => zlib.gunzip('no', (error) => resolve(error.code))),
    stream: await new Promise((resolve) => { stream.on('error', (error) => resolve([error.code, error.message])); stream.end('nothing like it'); }),
  };
};
