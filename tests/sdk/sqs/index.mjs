import { createHash } from 'node:crypto';
import {
  ChangeMessageVisibilityCommand, CreateQueueCommand, DeleteMessageBatchCommand, DeleteMessageCommand, GetQueueAttributesCommand,
  GetQueueUrlCommand, PurgeQueueCommand, ReceiveMessageCommand, SQSClient, SendMessageBatchCommand, SendMessageCommand, paginateListQueues,
} from '@aws-sdk/client-sqs';
import { rejected, table } from '../table.cjs';

const sqs = new SQSClient({});
let QueueUrl;
const receive = async (more = {}) => (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'], ...more }))).Messages ?? [];
const md5 = (text) => createHash('md5').update(text).digest('hex');

export const handler = table({
  create: async () => {
    ({ QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'jobs', Attributes: { VisibilityTimeout: '30' } })));
    return new URL(QueueUrl).pathname;
  },
  url: async () => (await sqs.send(new GetQueueUrlCommand({ QueueName: 'jobs' }))).QueueUrl === QueueUrl,
  send: async () => {
    const text = 'hello, 世界 & <b>';
    const { MD5OfMessageBody, MessageId, MD5OfMessageAttributes } = await sqs.send(new SendMessageCommand({
      QueueUrl, MessageBody: text,
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'greeting' }, size: { DataType: 'Number', StringValue: '7' }, raw: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2]) } },
    }));
    return [MD5OfMessageBody === md5(text), MessageId.length, MD5OfMessageAttributes];
  },
  receive: async () => {
    const [message] = await receive();
    const { Body, MD5OfBody, MessageAttributes, Attributes } = message;
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: 60 }));
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    return [Body, MD5OfBody === md5(Body), MessageAttributes, Attributes.ApproximateReceiveCount];
  },
  'batch of ten': async () => {
    const Entries = Array.from({ length: 10 }, (_, index) => ({ Id: `m${index}`, MessageBody: JSON.stringify({ index }) }));
    const { Successful, Failed } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    return [Successful.map((entry) => [entry.Id, entry.MD5OfMessageBody]).sort(), Failed];
  },
  'receive and delete the batch': async () => {
    const bodies = [];
    for (let turn = 0; turn < 10 && bodies.length < 10; turn++) {
      const messages = await receive();
      bodies.push(...messages.map((message) => message.Body));
      if (messages.length) await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: messages.map((message, index) => ({ Id: `d${index}`, ReceiptHandle: message.ReceiptHandle })) }));
    }
    return bodies.sort();
  },
  'long poll of an empty queue': async () => {
    const started = Date.now();
    const messages = await receive({ WaitTimeSeconds: 1 });
    return [messages, Date.now() - started > 500];
  },
  fifo: async () => {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'ordered.fifo', Attributes: { FifoQueue: 'true', ContentBasedDeduplication: 'true' } }));
    for (const MessageBody of ['1', '2', '2', '3']) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId: 'g' }));
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    return Messages.map((message) => message.Body);
  },
  attributes: async () => (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['VisibilityTimeout', 'QueueArn', 'ApproximateNumberOfMessages'] }))).Attributes,
  queues: async () => {
    const names = [];
    for await (const page of paginateListQueues({ client: sqs, pageSize: 1 }, {})) names.push(...(page.QueueUrls ?? []).map((url) => url.split('/').pop()));
    return names.sort();
  },
  purge: async () => (await sqs.send(new PurgeQueueCommand({ QueueUrl }))).$metadata.httpStatusCode,
  'no such queue': () => rejected(sqs.send(new GetQueueUrlCommand({ QueueName: 'nothing' }))),
  'too long a batch': () => rejected(sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [] }))),
});
