import {
  CreateTableCommand, DeleteTableCommand, DescribeTableCommand, DynamoDB, DynamoDBClient, ListTablesCommand, PutItemCommand,
  ResourceNotFoundException, DynamoDBServiceException, GetItemCommand, UpdateTimeToLiveCommand, ExecuteStatementCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall, convertToAttr, convertToNative } from '@aws-sdk/util-dynamodb';
import { plain, table } from '../table.cjs';

const client = new DynamoDBClient({ maxAttempts: 2 });
const TableName = 'plain';

export const handler = table({
  create: async () => {
    const { TableDescription } = await client.send(new CreateTableCommand({
      TableName, BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'kind', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [{ IndexName: 'by-kind', KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
    }));
    return [TableDescription.TableArn, TableDescription.KeySchema, TableDescription.CreationDateTime instanceof Date];
  },
  describe: async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    return [Table.TableStatus, Table.GlobalSecondaryIndexes.map((index) => index.IndexName), Table.ItemCount];
  },
  'create again': () => client.send(new CreateTableCommand({
    TableName, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  })),
  put: async () => plain(await client.send(new PutItemCommand({
    TableName, Item: { id: { S: '1' }, kind: { S: 'a' }, bytes: { B: Buffer.from('hällo') }, set: { SS: ['x', 'y'] }, n: { N: '1e3' }, none: { NULL: true } }, ReturnConsumedCapacity: 'TOTAL',
  }))),
  get: async () => {
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: { id: { S: '1' } }, ConsistentRead: true }));
    return [Item, Item.bytes.B instanceof Uint8Array, Buffer.from(Item.bytes.B).toString()];
  },
  marshalling: () => [marshall({ a: 1, b: [new Set(['x'])], c: null }), unmarshall({ a: { M: { b: { L: [{ N: '2' }] } } } }), convertToAttr([1n]), convertToNative({ NS: ['1', '2'] })],
  'aggregated client': async () => (await new DynamoDB({}).listTables({})).TableNames,
  callback: () => new Promise((resolve) => { client.send(new ListTablesCommand({}), (error, data) => resolve([error, data.TableNames])); }),
  partiql: async () => (await client.send(new ExecuteStatementCommand({ Statement: `SELECT id, kind FROM "${TableName}" WHERE id = '1'` }))).Items,
  ttl: async () => plain(await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' } }))),
  'not found': async () => {
    try {
      await client.send(new DescribeTableCommand({ TableName: 'nothing' }));
    } catch (error) {
      return [error.name, error.message, error.$fault, error.$metadata.httpStatusCode, error instanceof ResourceNotFoundException, error instanceof DynamoDBServiceException,
        error instanceof Error, Object.keys(error).sort(), error.constructor.name, String(error), typeof error.$response?.statusCode, error.stack.split('\n')[0]];
    }
  },
  'invalid input': () => client.send(new PutItemCommand({ TableName, Item: { kind: { S: 'no key' } } })),
  middleware: async () => {
    const own = new DynamoDBClient({});
    const seen = [];
    own.middlewareStack.add((next, context) => async (args) => {
      seen.push([context.clientName, context.commandName, Object.keys(args.request.headers).filter((name) => !/sdk|user-agent|checksum|crc/.test(name)).sort(), args.request.method, args.request.path]);
      const result = await next(args);
      seen.push([result.response.statusCode, typeof result.response.body]);
      return result;
    }, { step: 'finalizeRequest', name: 'look', priority: 'low' });
    await own.send(new ListTablesCommand({}));
    own.destroy();
    return seen;
  },
  'many at once': async () => (await Promise.all(Array.from({ length: 30 }, (_, index) => client.send(new PutItemCommand({ TableName, Item: { id: { S: `m${index}` } } })))))
    .every((answer) => answer.$metadata.httpStatusCode === 200),
  'aborted before': async () => {
    const controller = new AbortController();
    controller.abort();
    return client.send(new ListTablesCommand({}), { abortSignal: controller.signal }).catch((error) => [error.name, error.message]);
  },
  delete: async () => (await client.send(new DeleteTableCommand({ TableName }))).TableDescription.TableName,
});
