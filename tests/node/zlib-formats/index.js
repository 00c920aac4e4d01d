const zlib = require('zlib');
const { promisify } = require('util');
exports.handler = async () => {
  const text = 'hello world '.repeat(20000);
  const out = {};
  for (const [pack, unpack] of [['gzip', 'gunzip'], ['deflate', 'inflate'], ['deflateRaw', 'inflateRaw'], ['brotliCompress', 'brotliDecompress'], ['gzip', 'unzip'], ['deflate', 'unzip']]) {
    const packed = zlib[`${pack}Sync`](text);
    out[`${pack}-${unpack}`] = [packed.length < 2000, zlib[`${unpack}Sync`](packed).toString() === text, (await promisify(zlib[unpack])(await promisify(zlib[pack])(text))).length];
  }
  // Made by zlib and Google's Brotli.
  out.theirs = [zlib.gunzipSync(Buffer.from('H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA==', 'base64')).toString(), zlib.brotliDecompressSync(Buffer.from('CwKAaGVsbG8D', 'base64')).toString()];
  out.members = zlib.gunzipSync(Buffer.concat([zlib.gzipSync('a'), zlib.gzipSync('b'), Buffer.alloc(4)])).toString();
  const dictionary = Buffer.from('hello world');
  out.dictionary = zlib.inflateSync(zlib.deflateSync('hello world!', { dictionary }), { dictionary }).toString();
  out.stored = zlib.deflateSync(text, { level: 0 }).length > text.length;
  out.partial = zlib.gunzipSync(zlib.gzipSync(text).subarray(0, 100), { finishFlush: zlib.constants.Z_SYNC_FLUSH }).length > 0;
  const packer = zlib.createGzip(), unpacker = zlib.createGunzip(), pieces = [];
  packer.pipe(unpacker);
  packer.write('early');
  packer.flush();
  packer.write(text);
  packer.end('late');
  for await (const piece of unpacker) pieces.push(piece);
  out.stream = Buffer.concat(pieces).toString() === `early${text}late`;
  return out;
};
