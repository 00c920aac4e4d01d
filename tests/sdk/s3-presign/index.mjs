import { CreateBucketCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { table } from '../table.cjs';

const s3 = new S3Client({ forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' });
const Bucket = 'presigned';
const parts = (url) => {
  const { pathname, searchParams } = new URL(url);
  return [pathname, [...searchParams.keys()].sort(), searchParams.get('X-Amz-Expires'), searchParams.get('X-Amz-SignedHeaders')];
};

export const handler = table({
  create: async () => (await s3.send(new CreateBucketCommand({ Bucket }))).$metadata.httpStatusCode,
  put: async () => {
    const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'a b/ü.txt', ContentType: 'text/plain' }), { expiresIn: 60 });
    const answer = await fetch(url, { method: 'PUT', body: 'presigned: 世界', headers: { 'content-type': 'text/plain' } });
    return [parts(url), answer.status, answer.headers.get('etag'), await answer.text()];
  },
  get: async () => {
    const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'a b/ü.txt' }));
    const answer = await fetch(url);
    return [parts(url), answer.status, answer.ok, answer.headers.get('content-type'), answer.headers.get('content-length'), await answer.text()];
  },
  'get as bytes': async () => {
    const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'a b/ü.txt', ResponseContentType: 'application/json' }));
    return Buffer.from(await (await fetch(url)).arrayBuffer()).toString('hex');
  },
  'get as a stream': async () => {
    const { body } = await fetch(await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'a b/ü.txt' })));
    const chunks = [];
    for await (const chunk of body) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  },
  head: async () => {
    const answer = await fetch(await getSignedUrl(s3, new HeadObjectCommand({ Bucket, Key: 'a b/ü.txt' })), { method: 'HEAD' });
    return [answer.status, await answer.text()];
  },
  missing: async () => {
    const answer = await fetch(await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'missing' })));
    return [answer.status, answer.ok, /<Code>NoSuchKey<\/Code>/.test(await answer.text())];
  },
  'the same at the same time': async () => {
    const signingDate = new Date(Date.UTC(2026, 0, 2, 3, 4, 5));
    const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'k' }), { expiresIn: 120, signingDate });
    return [new URL(url).searchParams.get('X-Amz-Date'), new URL(url).searchParams.get('X-Amz-Credential')];
  },
});
