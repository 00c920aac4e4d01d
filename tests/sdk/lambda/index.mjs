// The emulator runs the invoked functions with the machine's node.
import { CreateFunctionCommand, DeleteFunctionCommand, GetFunctionCommand, InvokeCommand, InvokeWithResponseStreamCommand, LambdaClient, ListFunctionsCommand, waitUntilFunctionActiveV2 } from '@aws-sdk/client-lambda';
import { rejected, table } from '../table.cjs';
import { zip } from './zip.mjs';

const lambda = new LambdaClient({});
const code = `exports.handler = async (event, context) => {
  if (event.fail) throw new TypeError('asked to fail');
  return { got: event, name: context.functionName, client: context.clientContext };
};`;
const invoke = (payload, more = {}) => lambda.send(new InvokeCommand({ FunctionName: 'callee', Payload: JSON.stringify(payload), ...more }));

export const handler = table({
  create: async () => {
    const { FunctionName, Runtime } = await lambda.send(new CreateFunctionCommand({
      FunctionName: 'callee', Runtime: 'nodejs20.x', Handler: 'index.handler', Role: 'arn:aws:iam::000000000000:role/r', Code: { ZipFile: zip('index.js', code) }, Timeout: 10,
    }));
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 20, minDelay: 1 }, { FunctionName });
    return [FunctionName, Runtime];
  },
  invoke: async () => {
    const { StatusCode, Payload, FunctionError, ExecutedVersion } = await invoke({ a: [1, 'ü'] });
    return [StatusCode, JSON.parse(Payload.transformToString()), JSON.parse(Buffer.from(Payload).toString()), FunctionError, ExecutedVersion];
  },
  'decoded by hand': async () => JSON.parse(new TextDecoder().decode((await invoke('text')).Payload)).got,
  'function error': async () => {
    const { StatusCode, FunctionError, Payload } = await invoke({ fail: true });
    const { errorType, errorMessage } = JSON.parse(Payload.transformToString());
    return [StatusCode, FunctionError, errorType, errorMessage];
  },
  asynchronous: async () => {
    const { StatusCode, Payload } = await invoke({}, { InvocationType: 'Event' });
    return [StatusCode, Payload?.length];
  },
  'response stream': async () => {
    const { EventStream, StatusCode } = await lambda.send(new InvokeWithResponseStreamCommand({ FunctionName: 'callee', Payload: JSON.stringify({ streamed: true }) }));
    const kinds = [];
    let text = '';
    for await (const event of EventStream) {
      kinds.push(Object.keys(event)[0]);
      if (event.PayloadChunk) text += new TextDecoder().decode(event.PayloadChunk.Payload);
    }
    return [StatusCode, [...new Set(kinds)], JSON.parse(text).got];
  },
  'dry run': async () => (await invoke({}, { InvocationType: 'DryRun' })).StatusCode,
  get: async () => (await lambda.send(new GetFunctionCommand({ FunctionName: 'callee' }))).Configuration.Handler,
  list: async () => (await lambda.send(new ListFunctionsCommand({}))).Functions.map((one) => one.FunctionName),
  'no such function': () => rejected(lambda.send(new InvokeCommand({ FunctionName: 'nothing' }))),
  delete: async () => (await lambda.send(new DeleteFunctionCommand({ FunctionName: 'callee' }))).$metadata.httpStatusCode < 300,
});
