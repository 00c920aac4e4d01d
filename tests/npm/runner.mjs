// Runs one case under Node: `node runner.mjs <case>/index.mjs <event.json> <answer.json>` writes the handler's answer to
// a file. What the case logs goes to standard output.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [script, event, answer] = process.argv.slice(2);
const { handler } = await import(pathToFileURL(path.resolve(script)));
const context = {
  callbackWaitsForEmptyEventLoop: true,
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
  memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
  awsRequestId: '11111111-2222-4333-8444-555555555555',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f',
  getRemainingTimeInMillis: () => 30_000,
};
const result = await handler(JSON.parse(readFileSync(event, 'utf8')), context);
writeFileSync(answer, JSON.stringify(result, null, 1));
process.exit(0);
