import { AssumeRoleCommand, GetCallerIdentityCommand, STS, STSClient } from '@aws-sdk/client-sts';
import { table } from '../table.cjs';

const sts = new STSClient({});

export const handler = table({
  identity: async () => {
    const { Account, Arn, $metadata } = await sts.send(new GetCallerIdentityCommand({}));
    return [Account, Arn, $metadata.httpStatusCode];
  },
  aggregated: async () => (await new STS({}).getCallerIdentity({})).Account,
  'assume role': async () => {
    const { Credentials, AssumedRoleUser } = await sts.send(new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::000000000000:role/other', RoleSessionName: 's', DurationSeconds: 900 }));
    return [typeof Credentials.AccessKeyId, Credentials.Expiration instanceof Date, AssumedRoleUser.Arn];
  },
  'another region': async () => {
    const client = new STSClient({ region: 'eu-central-1' });
    return [await client.config.region(), (await client.send(new GetCallerIdentityCommand({}))).Account];
  },
});
