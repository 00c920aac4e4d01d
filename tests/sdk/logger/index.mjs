// What the SDK itself logs, and what programs print of its objects.
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient, PutItemCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

export const handler = async () => {
  const client = new DynamoDBClient({ logger: console });
  const TableName = 'logged';
  await client.send(new CreateTableCommand({ TableName, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] }));
  console.log(await waitUntilTableExists({ client: new DynamoDBClient({}), maxWaitTime: 5, minDelay: 1 }, { TableName }).then(({ state }) => state));
  console.log(await new DynamoDBClient({}).send(new PutItemCommand({ TableName, Item: { id: { S: 'x' } }, ReturnConsumedCapacity: 'TOTAL' })));
  await client.send(new DescribeTableCommand({ TableName: 'nothing' })).catch((error) => console.warn(error.name));
  const s3 = new S3Client({ forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'logged' }));
  console.log(await s3.send(new PutObjectCommand({ Bucket: 'logged', Key: 'k', Body: 'text' })));
  const { Body, $metadata, LastModified, ...rest } = await s3.send(new GetObjectCommand({ Bucket: 'logged', Key: 'k' }));
  console.log(rest, typeof Body.transformToString, LastModified instanceof Date);
  console.log(await Body.transformToString());
  console.log(new PutObjectCommand({ Bucket: 'b', Key: 'k' }).input);
  return 'done';
};
