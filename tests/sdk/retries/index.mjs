// Nobody listens: what is tried again, how often, and what is thrown at last.
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { S3Client, ListBucketsCommand } from '@aws-sdk/client-s3';
import { table } from '../table.cjs';

const endpoint = `http://127.0.0.1:${process.env.DEAD_PORT}`;
const failure = async (client, command) => {
  try {
    await client.send(command);
  } catch (error) {
    const { name, code, errno, syscall, address, $metadata } = error;
    return { name, code, errno, syscall, address, port: String(error.port) === process.env.DEAD_PORT, message: error.message.replace(`:${process.env.DEAD_PORT}`, ':PORT'), attempts: $metadata?.attempts };
  }
};

export const handler = table({
  'three attempts': () => failure(new DynamoDBClient({ endpoint }), new ListTablesCommand({})),
  'one attempt': () => failure(new DynamoDBClient({ endpoint, maxAttempts: 1 }), new ListTablesCommand({})),
  's3': () => failure(new S3Client({ endpoint, forcePathStyle: true, maxAttempts: 2 }), new ListBucketsCommand({})),
  'adaptive': () => failure(new DynamoDBClient({ endpoint, retryMode: 'adaptive', maxAttempts: 2 }), new ListTablesCommand({})),
  'over http/2': () => failure(new KinesisClient({ endpoint, maxAttempts: 2 }), new ListStreamsCommand({})),
  fetch: async () => {
    try {
      await fetch(endpoint);
    } catch (error) {
      return [error.name, error.message, error.cause.code, error.cause.syscall, error.cause.message.replace(`:${process.env.DEAD_PORT}`, ':PORT')];
    }
  },
});
