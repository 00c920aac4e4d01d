import { BatchWriteItemCommand, CreateTableCommand, DeleteTableCommand, DynamoDBClient, paginateListTables, paginateScan, waitUntilTableExists, waitUntilTableNotExists } from '@aws-sdk/client-dynamodb';
import { setImmediate as turn } from 'node:timers/promises';
import { table } from '../table.cjs';

const client = new DynamoDBClient({});
const names = ['a', 'b', 'c', 'd', 'e'].map((letter) => `table-${letter}`);
const create = (TableName) => client.send(new CreateTableCommand({
  TableName, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
}));

export const handler = table({
  create: async () => {
    for (const name of names) await create(name);
  },
  exists: async () => (await Promise.all(names.map((TableName) => waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1, maxDelay: 2 }, { TableName })))).map((result) => result.state),
  pages: async () => {
    const pages = [];
    for await (const page of paginateListTables({ client, pageSize: 2 }, {})) pages.push(page.TableNames);
    return pages;
  },
  'by hand': async () => {
    const pages = paginateListTables({ client, pageSize: 4 }, {});
    const first = await pages.next();
    const second = await pages.next();
    return [first.done, first.value.TableNames.length, second.value.TableNames.length, (await pages.next()).done];
  },
  'left early': async () => {
    for await (const page of paginateListTables({ client, pageSize: 1 }, {})) return page.TableNames;
  },
  'scan in pages with work in between': async () => {
    for (let start = 0; start < 50; start += 25) {
      await client.send(new BatchWriteItemCommand({ RequestItems: { 'table-a': Array.from({ length: 25 }, (_, index) => ({ PutRequest: { Item: { id: { N: `${start + index}` } } } })) } }));
    }
    const ids = [];
    for await (const page of paginateScan({ client, pageSize: 7 }, { TableName: 'table-a' })) {
      await turn();
      ids.push(...page.Items.map((item) => Number(item.id.N)));
    }
    return [ids.length, new Set(ids).size, ids.reduce((sum, id) => sum + id, 0)];
  },
  'gone after delete': async () => {
    await client.send(new DeleteTableCommand({ TableName: 'table-e' }));
    return (await waitUntilTableNotExists({ client, maxWaitTime: 10, minDelay: 1 }, { TableName: 'table-e' })).state;
  },
  'waited in vain': async () => waitUntilTableExists({ client, maxWaitTime: 2, minDelay: 1, maxDelay: 1 }, { TableName: 'nothing' }).catch((error) => [error.name, JSON.parse(error.message).state]),
  'stopped while waiting': async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    return waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1, abortSignal: controller.signal }, { TableName: 'nothing' }).catch((error) => [error.name, error.message]);
  },
});
