import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CreateTopicCommand, DeleteTopicCommand, GetTopicAttributesCommand, ListTopicsCommand, PublishBatchCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { rejected, table } from '../table.cjs';

const sns = new SNSClient({});
const sqs = new SQSClient({});
let TopicArn;
let QueueUrl;

export const handler = table({
  create: async () => {
    ({ TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'news', Attributes: { DisplayName: 'News' } })));
    return TopicArn;
  },
  subscribe: async () => {
    ({ QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'readers' })));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    const { SubscriptionArn } = await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: Attributes.QueueArn, ReturnSubscriptionArn: true }));
    return SubscriptionArn.startsWith(TopicArn);
  },
  publish: async () => {
    const { MessageId, $metadata } = await sns.send(new PublishCommand({
      TopicArn, Subject: 'Hä?', Message: 'a & b = <c> 世界', MessageAttributes: { kind: { DataType: 'String', StringValue: 'x y' }, raw: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 255]) } },
    }));
    return [MessageId.length, $metadata.httpStatusCode];
  },
  delivered: async () => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 2 }));
    const { Type, Subject, Message, TopicArn: from, MessageAttributes } = JSON.parse(Messages[0].Body);
    return { Type, Subject, Message, from, MessageAttributes };
  },
  'per protocol': async () => (await sns.send(new PublishCommand({ TopicArn, MessageStructure: 'json', Message: JSON.stringify({ default: 'd', sqs: 'for queues' }) }))).MessageId.length,
  batch: async () => {
    const { Successful, Failed } = await sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: [{ Id: 'a', Message: '1' }, { Id: 'b', Message: '2' }] }));
    return [Successful.map((entry) => entry.Id), Failed];
  },
  attributes: async () => (await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes.DisplayName,
  topics: async () => (await sns.send(new ListTopicsCommand({}))).Topics,
  'no such topic': () => rejected(sns.send(new PublishCommand({ TopicArn: `${TopicArn}x`, Message: 'x' }))),
  delete: async () => (await sns.send(new DeleteTopicCommand({ TopicArn }))).$metadata.httpStatusCode,
});
