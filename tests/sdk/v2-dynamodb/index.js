// SDK v2. It does not read AWS_ENDPOINT_URL: in the sandbox Hoist sends what is for AWS to the endpoint, under Node
// SDK2_ENDPOINT says where it is.
const AWS = require('aws-sdk');
const { table } = require('../table.cjs');

const where = process.env.SDK2_ENDPOINT ? { endpoint: process.env.SDK2_ENDPOINT } : {};
const dynamodb = new AWS.DynamoDB(where);
const documents = new AWS.DynamoDB.DocumentClient(where);
const TableName = 'v2-table';
const rejected = (promise) => promise.then(() => 'no error', (error) => [error.code, error.name, error.message, error.statusCode, error.retryable, typeof error.requestId, error.time instanceof Date]);

exports.handler = table({
  create: async () => {
    const { TableDescription } = await dynamodb.createTable({ TableName, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] }).promise();
    await dynamodb.waitFor('tableExists', { TableName, $waiter: { delay: 1 } }).promise();
    return [TableDescription.TableName, TableDescription.CreationDateTime instanceof Date];
  },
  put: () => documents.put({ TableName, Item: { id: '1', n: 1.5, empty: '', set: documents.createSet(['a', 'b']), numbers: documents.createSet([1, 2]), bytes: Buffer.from('ü'), deep: { list: [null, true] } } }).promise(),
  get: async () => (await documents.get({ TableName, Key: { id: '1' } }).promise()).Item,
  'with a callback': () => new Promise((resolve, reject) => documents.scan({ TableName }, (error, data) => (error ? reject(error) : resolve([data.Count, data.Items.map((item) => item.id)])))),
  update: async () => (await documents.update({ TableName, Key: { id: '1' }, UpdateExpression: 'SET n = n + :one', ExpressionAttributeValues: { ':one': 1 }, ReturnValues: 'UPDATED_NEW' }).promise()).Attributes,
  'batch write and query': async () => {
    await documents.batchWrite({ RequestItems: { [TableName]: Array.from({ length: 12 }, (_, index) => ({ PutRequest: { Item: { id: `b${index}` } } })) } }).promise();
    return (await documents.query({ TableName, KeyConditionExpression: 'id = :id', ExpressionAttributeValues: { ':id': 'b3' } }).promise()).Items;
  },
  'each page': () => new Promise((resolve, reject) => {
    const ids = [];
    dynamodb.scan({ TableName, Limit: 5 }).eachPage((error, data) => {
      if (error) reject(error);
      else if (data === null) resolve(ids.sort());
      else ids.push(...data.Items.map((item) => item.id.S));
    });
  }),
  transaction: () => documents.transactWrite({ TransactItems: [{ Put: { TableName, Item: { id: 'tx' } } }, { Delete: { TableName, Key: { id: 'b1' } } }] }).promise(),
  'failed condition': () => rejected(documents.put({ TableName, Item: { id: '1' }, ConditionExpression: 'attribute_not_exists(id)' }).promise()),
  'no such table': () => rejected(documents.get({ TableName: 'nothing', Key: { id: '1' } }).promise()),
  'checked before it is sent': () => rejected(documents.get({ TableName }).promise()),
  'as event emitter': () => new Promise((resolve) => {
    const events = [];
    const request = dynamodb.listTables();
    for (const name of ['validate', 'build', 'sign', 'send', 'httpHeaders', 'extractData', 'success', 'complete']) request.on(name, () => events.push(name));
    request.on('complete', () => resolve(events)).send();
  }),
  converter: () => [AWS.DynamoDB.Converter.marshall({ a: [1, 'x'] }), AWS.DynamoDB.Converter.unmarshall({ a: { N: '1' } })],
  config: () => [AWS.config.region, AWS.VERSION, AWS.config.credentials?.accessKeyId],
  delete: async () => (await dynamodb.deleteTable({ TableName }).promise()).TableDescription.TableName,
});
