import { fromEnv, fromNodeProviderChain, fromTemporaryCredentials, createCredentialChain } from '@aws-sdk/credential-providers';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { STSClient, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { rejected, table } from '../table.cjs';

const keys = ({ accessKeyId, secretAccessKey, sessionToken }) => [accessKeyId, secretAccessKey.length, sessionToken];

export const handler = table({
  environment: async () => keys(await fromEnv()()),
  chain: async () => keys(await fromNodeProviderChain()()),
  'of a client': async () => keys(await new DynamoDBClient({}).config.credentials()),
  given: async () => keys(await new DynamoDBClient({ credentials: { accessKeyId: 'a', secretAccessKey: 'b' } }).config.credentials()),
  'given to a call': async () => (await new DynamoDBClient({ credentials: fromEnv() }).send(new ListTablesCommand({}))).TableNames,
  region: async () => [await new STSClient({}).config.region(), await new STSClient({ region: 'eu-west-1' }).config.region()],
  'without a region': async () => {
    const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
    delete process.env.AWS_REGION;
    delete process.env.AWS_DEFAULT_REGION;
    try {
      return await rejected(new STSClient({}).config.region());
    } finally {
      process.env.AWS_REGION = AWS_REGION;
      if (AWS_DEFAULT_REGION !== undefined) process.env.AWS_DEFAULT_REGION = AWS_DEFAULT_REGION;
    }
  },
  'assumed role': async () => {
    const credentials = fromTemporaryCredentials({ params: { RoleArn: 'arn:aws:iam::000000000000:role/r', RoleSessionName: 's' } });
    return (await new STSClient({ credentials }).send(new GetCallerIdentityCommand({}))).Account;
  },
  'own chain': async () => keys(await createCredentialChain(async () => { throw Object.assign(new Error('no'), { tryNextLink: true }); }, fromEnv())()),
});
