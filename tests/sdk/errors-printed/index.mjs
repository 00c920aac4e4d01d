// What a handler's log shows of a failed call: the name, the status and the fields of the service's error.
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';

const failed = (promise) => promise.then(() => new Error('it did not fail'), (error) => error);

export const handler = async () => {
  const errors = [
    await failed(new DynamoDBClient({}).send(new GetItemCommand({ TableName: 'nothing', Key: { id: { S: '1' } } }))),
    await failed(new S3Client({ forcePathStyle: true }).send(new GetObjectCommand({ Bucket: 'nothing', Key: 'k' }))),
    await failed(new S3Client({ forcePathStyle: true }).send(new HeadObjectCommand({ Bucket: 'nothing', Key: 'k' }))),
    await failed(new SQSClient({}).send(new GetQueueUrlCommand({ QueueName: 'nothing' }))),
  ];
  for (const error of errors) {
    console.log(error);
    console.error('failed:', error);
    console.log(`${error}`);
    console.log(error.stack.split('\n')[0]);
    console.log(JSON.stringify(error));
    console.log({ nested: error });
  }
  return errors.map((error) => [error.name, error.$fault, error.$metadata.httpStatusCode]);
};
