// What programs set on the client's HTTP handler, and what they do to a request under way.
import { Agent } from 'node:http';
import { CreateQueueCommand, ListQueuesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { rejected, table } from '../table.cjs';

const sqs = new SQSClient({});
let QueueUrl;
const poll = (client, options) => client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 3 }), options);

export const handler = table({
  create: async () => {
    ({ QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'slow' })));
  },
  'request timeout': async () => {
    const client = new SQSClient({ maxAttempts: 1, requestHandler: { requestTimeout: 300, throwOnRequestTimeout: true } });
    const error = await poll(client).catch((error) => error);
    return [error.name, error.message, error.code];
  },
  'aborted under way': async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    const started = Date.now();
    const error = await poll(sqs, { abortSignal: controller.signal }).catch((error) => error);
    return [error.name, error.message, Date.now() - started < 2000];
  },
  'aborted by a timeout': async () => {
    const error = await poll(sqs, { abortSignal: AbortSignal.timeout(100) }).catch((error) => error);
    return [error.name, error.message];
  },
  'after an abort': async () => (await sqs.send(new ListQueuesCommand({}))).QueueUrls.length,
  'one socket': async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const client = new DynamoDBClient({ requestHandler: new NodeHttpHandler({ httpAgent: agent }) });
    const answers = await Promise.all(Array.from({ length: 8 }, () => client.send(new ListTablesCommand({}))));
    client.destroy();
    return answers.map((answer) => answer.$metadata.httpStatusCode);
  },
  'no connection kept': async () => {
    const client = new DynamoDBClient({ requestHandler: { httpAgent: new Agent({ keepAlive: false }), connectionTimeout: 1000 } });
    return [(await client.send(new ListTablesCommand({}))).TableNames, (await client.send(new ListTablesCommand({}))).TableNames];
  },
  'destroyed and used again': async () => {
    const client = new DynamoDBClient({});
    await client.send(new ListTablesCommand({}));
    client.destroy();
    return rejected(client.send(new ListTablesCommand({})).then(() => 'works'));
  },
  'a body aborted half way': async () => {
    const s3 = new S3Client({ forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: 'large' }));
    await s3.send(new PutObjectCommand({ Bucket: 'large', Key: 'k', Body: Buffer.alloc(3 << 20) }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'large', Key: 'k' }));
    Body.destroy(new Error('enough'));
    const error = await new Promise((resolve) => Body.on('error', resolve));
    return [error.message, Body.destroyed, (await s3.send(new GetObjectCommand({ Bucket: 'large', Key: 'k' }))).ContentLength];
  },
  'bad endpoint': () => rejected(new DynamoDBClient({ endpoint: 'no url', maxAttempts: 1 }).send(new ListTablesCommand({}))),
});
