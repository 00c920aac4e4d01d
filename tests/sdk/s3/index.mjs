import {
  CopyObjectCommand, CreateBucketCommand, DeleteObjectCommand, DeleteObjectsCommand, GetObjectCommand, GetObjectTaggingCommand, HeadBucketCommand,
  HeadObjectCommand, ListBucketsCommand, ListObjectsV2Command, NoSuchKey, PutObjectCommand, PutObjectTaggingCommand, S3, S3Client,
  paginateListObjectsV2, waitUntilObjectExists, waitUntilObjectNotExists, DeleteBucketCommand,
} from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { plain, rejected, table } from '../table.cjs';

const s3 = new S3Client({ forcePathStyle: true });
const Bucket = 'files';
const text = async (key, more = {}) => (await s3.send(new GetObjectCommand({ Bucket, Key: key, ...more }))).Body.transformToString();

export const handler = table({
  create: async () => plain(await s3.send(new CreateBucketCommand({ Bucket }))),
  'put text': async () => {
    const { ETag, ChecksumCRC32, ChecksumType, $metadata } = await s3.send(new PutObjectCommand({ Bucket, Key: 'a/text.txt', Body: 'Grüße, 世界 🚀', ContentType: 'text/plain; charset=utf-8', Metadata: { owner: 'ada', 'two-words': 'x y' } }));
    return { ETag, ChecksumCRC32, ChecksumType, status: $metadata.httpStatusCode };
  },
  'get text': async () => {
    const { Body, ContentType, ContentLength, ETag, Metadata, LastModified, $metadata } = await s3.send(new GetObjectCommand({ Bucket, Key: 'a/text.txt' }));
    return [await Body.transformToString(), ContentType, ContentLength, ETag, Metadata, LastModified instanceof Date, $metadata.httpStatusCode];
  },
  'bodies of every kind': async () => {
    const bodies = { buffer: Buffer.from([1, 2, 3]), bytes: new Uint8Array([4, 5]), empty: '', stream: Readable.from([Buffer.from('from '), Buffer.from('a stream')]), blob: new Blob(['blo', 'b']) };
    const results = {};
    for (const [name, Body] of Object.entries(bodies)) {
      const more = name === 'stream' ? { ContentLength: 13 } : {};
      const put = s3.send(new PutObjectCommand({ Bucket, Key: `kinds/${name}`, Body, ...more }));
      results[name] = await put.then(() => text(`kinds/${name}`), (error) => error.message);
    }
    return results;
  },
  'ways to read': async () => {
    const get = async () => (await s3.send(new GetObjectCommand({ Bucket, Key: 'a/text.txt' }))).Body;
    const chunks = [];
    for await (const chunk of await get()) chunks.push(chunk);
    const web = [];
    for await (const chunk of (await get()).transformToWebStream()) web.push(chunk);
    const body = await get();
    return [Buffer.concat(chunks).toString(), Buffer.concat(web).toString(), await (await get()).transformToByteArray(), await (await get()).transformToString('base64'),
      body instanceof Readable, await new Promise((resolve, reject) => { const parts = []; body.on('data', (part) => parts.push(part)).on('end', () => resolve(Buffer.concat(parts).length)).on('error', reject); })];
  },
  'read twice': async () => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'a/text.txt' }));
    await Body.transformToString();
    return Body.transformToString().catch((error) => error.message);
  },
  range: () => text('kinds/stream', { Range: 'bytes=5-10' }),
  head: async () => {
    const { ContentLength, Metadata, AcceptRanges } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a/text.txt' }));
    return { ContentLength, Metadata, AcceptRanges };
  },
  'odd keys': async () => {
    const keys = ['sp ace', 'plus+plus', 'ümlaut/ß', 'a&b=c?d#e', "quo'te\"", '100%', 'tilde~(!*)', 'emoji/🚀'];
    for (const key of keys) await s3.send(new PutObjectCommand({ Bucket, Key: `odd/${key}`, Body: key }));
    const listed = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'odd/' }));
    return [listed.Contents.map((item) => item.Key), await Promise.all(keys.map((key) => text(`odd/${key}`)))];
  },
  'list with folders': async () => {
    const { Contents, CommonPrefixes, KeyCount, IsTruncated } = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }));
    return { Contents, CommonPrefixes, KeyCount, IsTruncated };
  },
  pages: async () => {
    for (let index = 0; index < 12; index++) await s3.send(new PutObjectCommand({ Bucket, Key: `pages/${String(index).padStart(2, '0')}`, Body: 'x' }));
    const keys = [];
    for await (const page of paginateListObjectsV2({ client: s3, pageSize: 5 }, { Bucket, Prefix: 'pages/' })) keys.push(page.Contents.map((item) => item.Key));
    return keys;
  },
  copy: async () => {
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/a/text.txt` }));
    return text('copy');
  },
  tags: async () => {
    await s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'copy', Tagging: { TagSet: [{ Key: 'a', Value: '1 & 2' }] } }));
    return (await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'copy' }))).TagSet;
  },
  'missing key': async () => {
    try {
      await s3.send(new GetObjectCommand({ Bucket, Key: 'missing' }));
    } catch (error) {
      return [error.name, error.Code, error.message, error.$fault, error.$metadata.httpStatusCode, error instanceof NoSuchKey, error.Key];
    }
  },
  'missing head': () => rejected(s3.send(new HeadObjectCommand({ Bucket, Key: 'missing' }))),
  'missing bucket': () => rejected(s3.send(new ListObjectsV2Command({ Bucket: 'no-such-bucket' }))),
  'head bucket': async () => [plain(await s3.send(new HeadBucketCommand({ Bucket }))).status, await rejected(s3.send(new HeadBucketCommand({ Bucket: 'no-such-bucket' })))],
  'conditional write': () => rejected(s3.send(new PutObjectCommand({ Bucket, Key: 'copy', Body: 'y', IfNoneMatch: '*' }))),
  'not modified': async () => {
    const { ETag } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'copy' }));
    return rejected(s3.send(new GetObjectCommand({ Bucket, Key: 'copy', IfNoneMatch: ETag })));
  },
  waiters: async () => [
    (await waitUntilObjectExists({ client: s3, maxWaitTime: 5, minDelay: 1 }, { Bucket, Key: 'copy' })).state,
    (await waitUntilObjectNotExists({ client: s3, maxWaitTime: 5, minDelay: 1 }, { Bucket, Key: 'missing' })).state,
    await waitUntilObjectExists({ client: s3, maxWaitTime: 2, minDelay: 1, maxDelay: 1 }, { Bucket, Key: 'missing' }).catch((error) => [error.name, JSON.parse(error.message).state]),
  ],
  'checksums asked for': async () => {
    const put = await s3.send(new PutObjectCommand({ Bucket, Key: 'sha', Body: 'abc', ChecksumAlgorithm: 'SHA256' }));
    return [put.ChecksumSHA256, await text('sha', { ChecksumMode: 'ENABLED' })];
  },
  'delete many': async () => {
    const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'copy' }, { Key: 'sha' }, { Key: 'missing' }] } }));
    return [Deleted.map((item) => item.Key).sort(), Errors];
  },
  'bucket not empty': () => rejected(s3.send(new DeleteBucketCommand({ Bucket }))),
  'delete one': async () => plain(await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a/text.txt' }))).status,
  'list buckets': async () => {
    const { Buckets } = await new S3({ forcePathStyle: true }).listBuckets({});
    return Buckets.map((bucket) => [bucket.Name, bucket.CreationDate instanceof Date]);
  },
  'command by name': async () => (await s3.send(new ListBucketsCommand({}))).Buckets.length,
});
