import { setTimeout as sleep } from 'node:timers/promises';
import { CreateStateMachineCommand, DescribeExecutionCommand, GetExecutionHistoryCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { rejected, table } from '../table.cjs';

const states = new SFNClient({});
let stateMachineArn;
let executionArn;

export const handler = table({
  create: async () => {
    const definition = { StartAt: 'Add', States: { Add: { Type: 'Pass', Result: { added: true }, ResultPath: '$.more', End: true } } };
    ({ stateMachineArn } = await states.send(new CreateStateMachineCommand({ name: 'machine', definition: JSON.stringify(definition), roleArn: 'arn:aws:iam::000000000000:role/r' })));
    return stateMachineArn;
  },
  start: async () => {
    const answer = await states.send(new StartExecutionCommand({ stateMachineArn, name: 'first', input: JSON.stringify({ a: 'ü' }) }));
    executionArn = answer.executionArn;
    return [executionArn, answer.startDate instanceof Date];
  },
  result: async () => {
    for (let turn = 0; turn < 50; turn++) {
      const { status, output } = await states.send(new DescribeExecutionCommand({ executionArn }));
      if (status !== 'RUNNING') return [status, JSON.parse(output)];
      await sleep(100);
    }
  },
  history: async () => (await states.send(new GetExecutionHistoryCommand({ executionArn }))).events.map((event) => event.type),
  'no such machine': () => rejected(states.send(new StartExecutionCommand({ stateMachineArn: `${stateMachineArn}x` }))),
});
