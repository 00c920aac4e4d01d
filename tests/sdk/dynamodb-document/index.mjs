import { DynamoDBClient, CreateTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand, BatchWriteCommand, DeleteCommand, DynamoDBDocument, DynamoDBDocumentClient, GetCommand, PutCommand,
  QueryCommand, ScanCommand, TransactGetCommand, TransactWriteCommand, UpdateCommand, paginateQuery, NumberValue,
} from '@aws-sdk/lib-dynamodb';
import { plain, table } from '../table.cjs';

const client = new DynamoDBClient({});
const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
const TableName = 'orders';

export const handler = table({
  create: async () => {
    await client.send(new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'customer', AttributeType: 'S' }, { AttributeName: 'order', AttributeType: 'N' }],
      KeySchema: [{ AttributeName: 'customer', KeyType: 'HASH' }, { AttributeName: 'order', KeyType: 'RANGE' }],
    }));
    const { state } = await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, { TableName });
    return state;
  },
  put: async () => plain(await documents.send(new PutCommand({
    TableName,
    Item: {
      customer: 'ada', order: 1, empty: '', nothing: null, yes: true, list: [1, 'two', { three: 3 }], map: { deep: { er: [] } },
      strings: new Set(['a', 'b']), numbers: new Set([1, 2.5]), bytes: new Uint8Array([0, 1, 255]), left: undefined,
      big: 12345678901234567890n, text: 'Grüße, 世界 🚀', fraction: 0.1, negative: -7, blobs: new Set([new Uint8Array([1]), new Uint8Array([2])]),
    },
  }))),
  get: async () => (await documents.send(new GetCommand({ TableName, Key: { customer: 'ada', order: 1 } }))).Item,
  'get with wrapped numbers': async () => {
    const wrapped = DynamoDBDocumentClient.from(new DynamoDBClient({}), { unmarshallOptions: { wrapNumbers: (value) => BigInt(Math.trunc(Number(value))) } });
    return (await wrapped.send(new GetCommand({ TableName, Key: { customer: 'ada', order: 1 }, ProjectionExpression: 'big, fraction' }))).Item;
  },
  'precise number': async () => {
    await documents.send(new PutCommand({ TableName, Item: { customer: 'ada', order: 2, precise: NumberValue.from('0.1234567890123456789') } }));
    const precise = DynamoDBDocumentClient.from(new DynamoDBClient({}), { unmarshallOptions: { wrapNumbers: true } });
    return (await precise.send(new GetCommand({ TableName, Key: { customer: 'ada', order: 2 } }))).Item.precise.toString();
  },
  'not there': async () => plain(await documents.send(new GetCommand({ TableName, Key: { customer: 'bob', order: 1 } }))),
  update: async () => (await documents.send(new UpdateCommand({
    TableName, Key: { customer: 'ada', order: 1 }, ReturnValues: 'ALL_NEW',
    UpdateExpression: 'SET #n = if_not_exists(#n, :zero) + :one, tags = list_append(#l, :more) REMOVE blobs, #m ADD numbers :three',
    ExpressionAttributeNames: { '#n': 'counter', '#l': 'list', '#m': 'map' }, ExpressionAttributeValues: { ':zero': 0, ':one': 1, ':more': ['x'], ':three': new Set([3]) },
  }))).Attributes,
  'failed condition': () => documents.send(new PutCommand({
    TableName, Item: { customer: 'ada', order: 1 }, ConditionExpression: 'attribute_not_exists(customer)',
  })),
  'batch write': async () => (await documents.send(new BatchWriteCommand({
    RequestItems: { [TableName]: Array.from({ length: 20 }, (_, index) => ({ PutRequest: { Item: { customer: 'many', order: index, padding: 'x'.repeat(index) } } })) },
  }))).UnprocessedItems,
  'batch get': async () => {
    const { Responses } = await documents.send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys: [3, 4, 99].map((order) => ({ customer: 'many', order })) } } }));
    return Responses[TableName].sort((a, b) => a.order - b.order);
  },
  query: async () => {
    const answer = await documents.send(new QueryCommand({
      TableName, KeyConditionExpression: 'customer = :c AND #o BETWEEN :a AND :b', ScanIndexForward: false, Limit: 3,
      ExpressionAttributeNames: { '#o': 'order' }, ExpressionAttributeValues: { ':c': 'many', ':a': 2, ':b': 9 },
    }));
    return [answer.Count, answer.LastEvaluatedKey, answer.Items.map((item) => item.order)];
  },
  'query all pages': async () => {
    const orders = [];
    let pages = 0;
    for await (const page of paginateQuery({ client: documents, pageSize: 6 }, { TableName, KeyConditionExpression: 'customer = :c', ExpressionAttributeValues: { ':c': 'many' } })) {
      pages += 1;
      orders.push(...page.Items.map((item) => item.order));
    }
    return [pages, orders];
  },
  scan: async () => {
    const { Count, ScannedCount, Items } = await documents.send(new ScanCommand({ TableName, FilterExpression: 'size(padding) > :n', ExpressionAttributeValues: { ':n': 16 } }));
    return [Count, ScannedCount, Items.map((item) => item.order).sort()];
  },
  'transact write': async () => plain(await documents.send(new TransactWriteCommand({
    TransactItems: [
      { Put: { TableName, Item: { customer: 'tx', order: 1, amount: 5n } } },
      { Update: { TableName, Key: { customer: 'ada', order: 1 }, UpdateExpression: 'SET paid = :t', ExpressionAttributeValues: { ':t': true } } },
      { ConditionCheck: { TableName, Key: { customer: 'many', order: 0 }, ConditionExpression: 'attribute_exists(customer)' } },
    ],
  }))),
  'transact get': async () => (await documents.send(new TransactGetCommand({ TransactItems: [{ Get: { TableName, Key: { customer: 'tx', order: 1 } } }] }))).Responses,
  'transaction cancelled': async () => {
    try {
      await documents.send(new TransactWriteCommand({ TransactItems: [
        { Put: { TableName, Item: { customer: 'tx', order: 1 }, ConditionExpression: 'attribute_not_exists(customer)' } },
        { Delete: { TableName, Key: { customer: 'tx', order: 9 } } },
      ] }));
    } catch (error) {
      return [error.name, error.message, error.CancellationReasons.map((reason) => reason.Code), error.$fault];
    }
  },
  'the class with methods': async () => {
    const document = DynamoDBDocument.from(client);
    await document.put({ TableName, Item: { customer: 'class', order: 1 } });
    const { Attributes } = await document.delete({ TableName, Key: { customer: 'class', order: 1 }, ReturnValues: 'ALL_OLD' });
    return Attributes;
  },
  'what cannot be marshalled': async () => [
    await documents.send(new PutCommand({ TableName, Item: { customer: 'x', order: 1, set: new Set() } })).catch((error) => error.message),
    await documents.send(new PutCommand({ TableName, Item: { customer: 'x', order: 1, date: new Date(0) } })).catch((error) => error.message),
    await documents.send(new PutCommand({ TableName, Item: { customer: 'x', order: 2 ** 60 } })).catch((error) => error.message),
    await DynamoDBDocumentClient.from(new DynamoDBClient({})).send(new PutCommand({ TableName, Item: { customer: 'x', order: 1, u: undefined } })).catch((error) => error.message),
  ],
  delete: async () => plain(await documents.send(new DeleteCommand({ TableName, Key: { customer: 'ada', order: 1 } }))),
});
