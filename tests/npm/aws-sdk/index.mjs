// @aws-sdk/client-dynamodb, lib-dynamodb, client-s3, client-sqs, s3-request-presigner: against the case's server.
import { table } from '../table.cjs';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { S3Client, PutObjectCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

export const handler = table({
  'a document': async () => (await DynamoDBDocumentClient.from(new DynamoDBClient({})).send(new GetCommand({ TableName: 't', Key: { id: 'x' } }))).Item,
  'an item': async () => (await new DynamoDBClient({}).send(new GetItemCommand({ TableName: 't', Key: { id: { S: 'x' } } }))).Item,
  'an operation that fails': async () => new SQSClient({ maxAttempts: 1 }).send(new SendMessageCommand({ QueueUrl: `${process.env.SERVER_URL}/1/q`, MessageBody: 'x' })).catch((error) => [error.name, error.message, error.$metadata.httpStatusCode, error instanceof Error]),
  'an object': async () => { const s3 = new S3Client({ forcePathStyle: true }); const put = await s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'a b/ü', Body: 'hello', ContentType: 'text/plain' })); const got = await s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })); const told = JSON.parse(await got.Body.transformToString()); return [put.$metadata.httpStatusCode, told.method, told.path, told.query, /AWS4-HMAC-SHA256 Credential=test/.test(told.headers.authorization), got.ContentType]; },
  'a signed URL': async () => { const url = new URL(await getSignedUrl(new S3Client({ forcePathStyle: true }), new GetObjectCommand({ Bucket: 'b', Key: 'k' }), { expiresIn: 60, signingDate: new Date(1700000000000) })); return [url.pathname, url.searchParams.get('X-Amz-Expires'), url.searchParams.get('X-Amz-Date'), url.searchParams.get('X-Amz-SignedHeaders')]; },
});
