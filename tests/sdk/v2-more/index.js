// Other services of SDK v2, loaded by their own paths as slim handlers do; see v2-dynamodb about SDK2_ENDPOINT.
const SQS = require('aws-sdk/clients/sqs');
const SNS = require('aws-sdk/clients/sns');
const SSM = require('aws-sdk/clients/ssm');
const STS = require('aws-sdk/clients/sts');
const SecretsManager = require('aws-sdk/clients/secretsmanager');
const EventBridge = require('aws-sdk/clients/eventbridge');
const { table } = require('../table.cjs');

const where = process.env.SDK2_ENDPOINT ? { endpoint: process.env.SDK2_ENDPOINT } : {};
const sqs = new SQS(where);

exports.handler = table({
  sqs: async () => {
    const { QueueUrl } = await sqs.createQueue({ QueueName: 'v2' }).promise();
    const sent = await sqs.sendMessage({ QueueUrl, MessageBody: 'a & ü', MessageAttributes: { k: { DataType: 'String', StringValue: 'v' } } }).promise();
    const { Messages } = await sqs.receiveMessage({ QueueUrl, MessageAttributeNames: ['All'] }).promise();
    return [sent.MD5OfMessageBody, Messages[0].Body, Messages[0].MessageAttributes.k.StringValue];
  },
  sns: async () => {
    const sns = new SNS(where);
    const { TopicArn } = await sns.createTopic({ Name: 'v2' }).promise();
    return [TopicArn, (await sns.publish({ TopicArn, Message: 'm', Subject: 's' }).promise()).MessageId.length];
  },
  ssm: async () => {
    const ssm = new SSM(where);
    await ssm.putParameter({ Name: '/v2/a', Value: '1', Type: 'String' }).promise();
    return (await ssm.getParametersByPath({ Path: '/v2' }).promise()).Parameters.map((parameter) => parameter.Value);
  },
  sts: async () => (await new STS(where).getCallerIdentity().promise()).Account,
  secrets: async () => {
    const secrets = new SecretsManager(where);
    await secrets.createSecret({ Name: 'v2', SecretString: 's' }).promise();
    return (await secrets.getSecretValue({ SecretId: 'v2' }).promise()).SecretString;
  },
  events: async () => (await new EventBridge(where).putEvents({ Entries: [{ Source: 's', DetailType: 't', Detail: '{}' }] }).promise()).FailedEntryCount,
  'nobody listens': async () => {
    const dead = new SQS({ endpoint: `http://127.0.0.1:${process.env.DEAD_PORT}`, maxRetries: 2 });
    return dead.listQueues().promise().then(() => 'no error', (error) => [error.code, error.name, error.errno, error.syscall, error.address, error.retryable, error.message.replace(`:${process.env.DEAD_PORT}`, ':PORT'), error.originalError?.code]);
  },
  'given up': async () => {
    const { QueueUrl } = await sqs.createQueue({ QueueName: 'slow' }).promise();
    const request = sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 3 });
    setTimeout(() => request.abort(), 200);
    return request.promise().then(() => 'answered', (error) => [error.code, error.message, error.retryable]);
  },
  'timeout of a request': async () => {
    const { QueueUrl } = await sqs.createQueue({ QueueName: 'slow' }).promise();
    const impatient = new SQS({ ...where, maxRetries: 0, httpOptions: { timeout: 300 } });
    return impatient.receiveMessage({ QueueUrl, WaitTimeSeconds: 3 }).promise().then(() => 'answered', (error) => [error.code, error.message, error.retryable]);
  },
  'no such queue': () => sqs.getQueueUrl({ QueueName: 'nothing' }).promise().then(() => 'no error', (error) => [error.code, error.message, error.statusCode]),
});
