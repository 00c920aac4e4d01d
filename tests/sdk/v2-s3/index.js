// SDK v2's S3; see v2-dynamodb about SDK2_ENDPOINT.
const AWS = require('aws-sdk');
const { PassThrough, Readable } = require('stream');
const { table } = require('../table.cjs');

const where = process.env.SDK2_ENDPOINT ? { endpoint: process.env.SDK2_ENDPOINT } : {};
const s3 = new AWS.S3({ ...where, s3ForcePathStyle: true });
const Bucket = 'v2-files';
const MB = 1024 * 1024;
const rejected = (promise) => promise.then(() => 'no error', (error) => [error.code, error.name, error.message, error.statusCode]);

exports.handler = table({
  create: async () => (await s3.createBucket({ Bucket }).promise()).Location,
  put: async () => (await s3.putObject({ Bucket, Key: 'a/ü b.txt', Body: 'Grüße 🚀', ContentType: 'text/plain', Metadata: { owner: 'ada' } }).promise()).ETag,
  get: async () => {
    const { Body, ContentType, ContentLength, Metadata, LastModified } = await s3.getObject({ Bucket, Key: 'a/ü b.txt' }).promise();
    return [Body.toString(), Buffer.isBuffer(Body), ContentType, ContentLength, Metadata, LastModified instanceof Date];
  },
  head: async () => (await s3.headObject({ Bucket, Key: 'a/ü b.txt' }).promise()).ContentLength,
  list: async () => (await s3.listObjectsV2({ Bucket }).promise()).Contents.map((item) => [item.Key, item.Size]),
  'read as a stream': async () => {
    const chunks = [];
    for await (const chunk of s3.getObject({ Bucket, Key: 'a/ü b.txt' }).createReadStream()) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  },
  'upload a stream': async () => {
    const through = new PassThrough();
    Readable.from(Array.from({ length: 24 }, (_, index) => Buffer.alloc(MB / 4, index))).pipe(through);
    const upload = s3.upload({ Bucket, Key: 'large', Body: through });
    let parts = 0;
    upload.on('httpUploadProgress', () => { parts += 1; });
    const { Key } = await upload.promise();
    return [Key, (await s3.headObject({ Bucket, Key }).promise()).ContentLength, parts > 0];
  },
  'read the large one': () => new Promise((resolve, reject) => {
    let size = 0;
    s3.getObject({ Bucket, Key: 'large' }).createReadStream().on('data', (chunk) => { size += chunk.length; }).on('end', () => resolve(size)).on('error', reject);
  }),
  'signed url': async () => {
    const url = await s3.getSignedUrlPromise('getObject', { Bucket, Key: 'k', Expires: 60 });
    return [new URL(url).pathname, [...new URL(url).searchParams.keys()].sort()];
  },
  'signed post': () => {
    const { fields } = s3.createPresignedPost({ Bucket, Fields: { key: 'k' }, Expires: 60 });
    return Object.keys(fields).sort();
  },
  copy: async () => {
    await s3.copyObject({ Bucket, Key: 'copy', CopySource: encodeURI(`${Bucket}/a/ü b.txt`) }).promise();
    return (await s3.getObject({ Bucket, Key: 'copy' }).promise()).Body.toString();
  },
  'missing key': () => rejected(s3.getObject({ Bucket, Key: 'missing' }).promise()),
  'missing bucket': () => rejected(s3.listObjectsV2({ Bucket: 'no-such-bucket' }).promise()),
  'missing head': () => rejected(s3.headObject({ Bucket, Key: 'missing' }).promise()),
  'with a callback': () => new Promise((resolve) => s3.listBuckets((error, data) => resolve([error, data?.Buckets.map((bucket) => bucket.Name)]))),
  'delete many': async () => (await s3.deleteObjects({ Bucket, Delete: { Objects: [{ Key: 'copy' }, { Key: 'large' }] } }).promise()).Deleted.map((item) => item.Key).sort(),
});
