// The same SDK through `require`, as most handlers in the wild have it.
const { DynamoDBClient, CreateTableCommand } = require('@aws-sdk/client-dynamodb');
const { DynamoDBDocumentClient, PutCommand, ScanCommand } = require('@aws-sdk/lib-dynamodb');
const { S3Client, CreateBucketCommand, PutObjectCommand, GetObjectCommand } = require('@aws-sdk/client-s3');
const { SQSClient, CreateQueueCommand, SendMessageCommand } = require('@aws-sdk/client-sqs');
const { SSMClient, PutParameterCommand, GetParameterCommand } = require('@aws-sdk/client-ssm');
const { getSignedUrl } = require('@aws-sdk/s3-request-presigner');
const { Upload } = require('@aws-sdk/lib-storage');
const { table } = require('../table.cjs');

const documents = DynamoDBDocumentClient.from(new DynamoDBClient());
const s3 = new S3Client({ forcePathStyle: true });

exports.handler = table({
  dynamodb: async () => {
    await documents.send(new CreateTableCommand({ TableName: 'table', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] }));
    await documents.send(new PutCommand({ TableName: 'table', Item: { id: 'x', n: 1 } }));
    return (await documents.send(new ScanCommand({ TableName: 'table' }))).Items;
  },
  s3: async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
    await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: 'text' }));
    return (await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'k' }))).Body.transformToString();
  },
  presign: async () => (await fetch(await getSignedUrl(s3, new GetObjectCommand({ Bucket: 'bucket', Key: 'k' })))).text(),
  upload: async () => (await new Upload({ client: s3, params: { Bucket: 'bucket', Key: 'u', Body: 'up' } }).done()).Key,
  sqs: async () => {
    const sqs = new SQSClient();
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
    return (await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm' }))).MD5OfMessageBody;
  },
  ssm: async () => {
    const ssm = new SSMClient();
    await ssm.send(new PutParameterCommand({ Name: 'p', Value: 'v', Type: 'String' }));
    return (await ssm.send(new GetParameterCommand({ Name: 'p' }))).Parameter.Value;
  },
  'lazily, inside the handler': async () => {
    const { STSClient, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
    return (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Account;
  },
});
