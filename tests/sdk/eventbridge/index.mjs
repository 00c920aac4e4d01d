import { CreateEventBusCommand, DescribeRuleCommand, EventBridgeClient, ListEventBusesCommand, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { rejected, table } from '../table.cjs';

const events = new EventBridgeClient({});
const sqs = new SQSClient({});
let QueueUrl;

export const handler = table({
  bus: async () => (await events.send(new CreateEventBusCommand({ Name: 'orders' }))).EventBusArn,
  rule: async () => (await events.send(new PutRuleCommand({ Name: 'paid', EventBusName: 'orders', EventPattern: JSON.stringify({ source: ['shop'], detail: { state: ['paid'] } }) }))).RuleArn,
  target: async () => {
    ({ QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'paid' })));
    return (await events.send(new PutTargetsCommand({ Rule: 'paid', EventBusName: 'orders', Targets: [{ Id: '1', Arn: 'arn:aws:sqs:us-east-1:000000000000:paid' }] }))).FailedEntryCount;
  },
  'put events': async () => {
    const { Entries, FailedEntryCount } = await events.send(new PutEventsCommand({ Entries: [
      { EventBusName: 'orders', Source: 'shop', DetailType: 'order', Detail: JSON.stringify({ state: 'paid', id: 1, name: 'Ä' }), Time: new Date(0), Resources: ['arn:aws:x'] },
      { EventBusName: 'orders', Source: 'shop', DetailType: 'order', Detail: JSON.stringify({ state: 'open', id: 2 }) },
    ] }));
    return [Entries.map((entry) => entry.EventId.length), FailedEntryCount];
  },
  delivered: async () => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 2, MaxNumberOfMessages: 10 }));
    return Messages?.map((message) => { const { source, detail, resources, 'detail-type': type } = JSON.parse(message.Body); return { source, detail, resources, type }; });
  },
  describe: async () => (await events.send(new DescribeRuleCommand({ Name: 'paid', EventBusName: 'orders' }))).EventPattern,
  buses: async () => (await events.send(new ListEventBusesCommand({}))).EventBuses.map((bus) => bus.Name).sort(),
  'no such rule': () => rejected(events.send(new DescribeRuleCommand({ Name: 'nothing' }))),
});
