// Bodies of several megabytes, both ways, never whole in one piece.
import { createHash, createHmac } from 'node:crypto';
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { table } from '../table.cjs';

const s3 = new S3Client({ forcePathStyle: true });
const Bucket = 'streams';
const SIZE = 6 * 1024 * 1024;

/** The same bytes every time. */
function* pattern(size, step = 64 * 1024) {
  for (let at = 0, count = 0; at < size; at += step, count++) {
    yield Buffer.alloc(Math.min(step, size - at), count % 251);
  }
}
const sha = (chunks) => {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
};

export const handler = table({
  create: async () => (await s3.send(new CreateBucketCommand({ Bucket }))).$metadata.httpStatusCode,
  'put a large buffer': async () => {
    const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: 'buffer', Body: Buffer.concat([...pattern(SIZE)]) }));
    return ETag;
  },
  'get as chunks': async () => {
    const { Body, ContentLength } = await s3.send(new GetObjectCommand({ Bucket, Key: 'buffer' }));
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of Body) {
      hash.update(chunk);
      size += chunk.length;
    }
    return [ContentLength, size, hash.digest('hex') === sha(pattern(SIZE))];
  },
  'put a stream of known length': async () => {
    const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: 'stream', Body: Readable.from(pattern(SIZE)), ContentLength: SIZE }));
    return ETag;
  },
  'get into a file and put that file': async () => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'stream' }));
    const path = '/tmp/hoist-sdk-stream.bin';
    await pipeline(Body, createWriteStream(path));
    const { size } = statSync(path);
    const put = await s3.send(new PutObjectCommand({ Bucket, Key: 'file', Body: createReadStream(path), ContentLength: size }));
    return [size, put.ETag];
  },
  'through gzip and back': async () => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'file' }));
    const chunks = [];
    await pipeline(Body, createGzip(), createGunzip(), async function (source) {
      for await (const chunk of source) chunks.push(chunk);
    });
    return sha(chunks) === sha(pattern(SIZE));
  },
  'through a transform': async () => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'buffer', Range: `bytes=0-${1024 * 1024 - 1}` }));
    let size = 0;
    const count = new Transform({ transform(chunk, _, done) { size += chunk.length; done(null, chunk); } });
    const hmac = createHmac('sha1', 'key');
    await pipeline(Body, count, hmac);
    return [size, hmac.read().toString('hex')];
  },
  'stopped half way': async () => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'buffer' }));
    let size = 0;
    for await (const chunk of Body) {
      size += chunk.length;
      if (size > 100_000) break;
    }
    return [size > 100_000, size < SIZE, Body.destroyed];
  },
  'after that all is well': async () => (await (await s3.send(new GetObjectCommand({ Bucket, Key: 'stream' }))).Body.transformToByteArray()).length,
  'web stream': async () => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'stream' }));
    const reader = Body.transformToWebStream().getReader();
    let size = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) size += part.value.length;
    return size;
  },
});
