import { AbortMultipartUploadCommand, CompleteMultipartUploadCommand, CreateBucketCommand, CreateMultipartUploadCommand, GetObjectCommand, HeadObjectCommand, ListPartsCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { PassThrough, Readable } from 'node:stream';
import { rejected, table } from '../table.cjs';

const client = new S3Client({ forcePathStyle: true });
const Bucket = 'uploads';
const MB = 1024 * 1024;
const size = async (Key) => (await client.send(new HeadObjectCommand({ Bucket, Key }))).ContentLength;

export const handler = table({
  create: async () => (await client.send(new CreateBucketCommand({ Bucket }))).$metadata.httpStatusCode,
  'small upload is one put': async () => {
    const answer = await new Upload({ client, params: { Bucket, Key: 'small', Body: 'small' } }).done();
    return [answer.ETag, answer.Bucket, answer.Key, await size('small')];
  },
  'large buffer in parts': async () => {
    const upload = new Upload({ client, params: { Bucket, Key: 'large', Body: Buffer.alloc(12 * MB, 7) }, partSize: 5 * MB, queueSize: 2 });
    const progress = [];
    upload.on('httpUploadProgress', ({ part, loaded, total }) => progress.push([part, loaded, total]));
    const answer = await upload.done();
    return [answer.ETag, answer.Key, await size('large'), progress.map(([part]) => part).sort(), Math.max(...progress.map(([, loaded]) => loaded))];
  },
  'stream of unknown length': async () => {
    const through = new PassThrough();
    Readable.from(Array.from({ length: 24 }, (_, index) => Buffer.alloc(MB / 4, index))).pipe(through);
    await new Upload({ client, params: { Bucket, Key: 'stream', Body: through }, partSize: 5 * MB }).done();
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'stream' }));
    const bytes = await Body.transformToByteArray();
    return [bytes.length, bytes[0], bytes.at(-1)];
  },
  'web stream': async () => {
    const body = new ReadableStream({ start(controller) { controller.enqueue(new Uint8Array([1, 2, 3])); controller.enqueue(new Uint8Array([4])); controller.close(); } });
    await new Upload({ client, params: { Bucket, Key: 'web', Body: body } }).done();
    return size('web');
  },
  aborted: async () => {
    const upload = new Upload({ client, params: { Bucket, Key: 'aborted', Body: Buffer.alloc(11 * MB) }, partSize: 5 * MB });
    setTimeout(() => upload.abort(), 1);
    return rejected(upload.done());
  },
  'by hand': async () => {
    const Key = 'hand';
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const Parts = [];
    for (const [index, Body] of [Buffer.alloc(5 * MB, 1), Buffer.from('the end')].entries()) {
      const { ETag } = await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: index + 1, Body }));
      Parts.push({ ETag, PartNumber: index + 1 });
    }
    const listed = await client.send(new ListPartsCommand({ Bucket, Key, UploadId }));
    const done = await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
    return [listed.Parts.map((part) => part.Size), done.ETag, await size(Key)];
  },
  'abandoned by hand': async () => {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'gone' }));
    return (await client.send(new AbortMultipartUploadCommand({ Bucket, Key: 'gone', UploadId }))).$metadata.httpStatusCode;
  },
});
