import { CreateStreamCommand, DescribeStreamSummaryCommand, GetRecordsCommand, GetShardIteratorCommand, KinesisClient, ListShardsCommand, PutRecordCommand, PutRecordsCommand, waitUntilStreamExists } from '@aws-sdk/client-kinesis';
import { rejected, table } from '../table.cjs';

const kinesis = new KinesisClient({});
const StreamName = 'clicks';

export const handler = table({
  create: async () => {
    await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
    return (await waitUntilStreamExists({ client: kinesis, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { StreamName })).state;
  },
  put: async () => (await kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: 'p', Data: Buffer.from('one ü') }))).ShardId,
  'put several': async () => {
    const { FailedRecordCount, Records } = await kinesis.send(new PutRecordsCommand({ StreamName, Records: [2, 3].map((n) => ({ PartitionKey: `${n}`, Data: new Uint8Array([n]) })) }));
    return [FailedRecordCount, Records.length];
  },
  read: async () => {
    const { Shards } = await kinesis.send(new ListShardsCommand({ StreamName }));
    const { ShardIterator } = await kinesis.send(new GetShardIteratorCommand({ StreamName, ShardId: Shards[0].ShardId, ShardIteratorType: 'TRIM_HORIZON' }));
    const { Records } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
    return Records.map((record) => [record.PartitionKey, record.Data instanceof Uint8Array, Buffer.from(record.Data).toString('hex'), record.ApproximateArrivalTimestamp instanceof Date]);
  },
  summary: async () => (await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }))).StreamDescriptionSummary.StreamStatus,
  'no such stream': () => rejected(kinesis.send(new PutRecordCommand({ StreamName: 'nothing', PartitionKey: 'p', Data: new Uint8Array() }))),
});
