import { CreateSecretCommand, DeleteSecretCommand, DescribeSecretCommand, GetSecretValueCommand, ListSecretsCommand, PutSecretValueCommand, SecretsManager, SecretsManagerClient, UpdateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { rejected, table } from '../table.cjs';

const secrets = new SecretsManagerClient({});

export const handler = table({
  create: async () => (await secrets.send(new CreateSecretCommand({ Name: 'db', SecretString: JSON.stringify({ user: 'ada', password: 'pä"ss' }), Tags: [{ Key: 'a', Value: 'b' }] }))).Name,
  get: async () => {
    const { Name, SecretString, VersionStages, CreatedDate } = await secrets.send(new GetSecretValueCommand({ SecretId: 'db' }));
    return [Name, JSON.parse(SecretString), VersionStages, CreatedDate instanceof Date];
  },
  binary: async () => {
    await secrets.send(new CreateSecretCommand({ Name: 'binary', SecretBinary: new Uint8Array([0, 1, 255]) }));
    return (await secrets.send(new GetSecretValueCommand({ SecretId: 'binary' }))).SecretBinary;
  },
  'new version': async () => {
    await secrets.send(new PutSecretValueCommand({ SecretId: 'db', SecretString: 'second' }));
    return [(await secrets.send(new GetSecretValueCommand({ SecretId: 'db' }))).SecretString, (await secrets.send(new GetSecretValueCommand({ SecretId: 'db', VersionStage: 'AWSPREVIOUS' }))).SecretString];
  },
  describe: async () => {
    const { Name, Tags, VersionIdsToStages } = await secrets.send(new DescribeSecretCommand({ SecretId: 'db' }));
    return [Name, Tags, Object.values(VersionIdsToStages).sort()];
  },
  update: async () => (await secrets.send(new UpdateSecretCommand({ SecretId: 'db', Description: 'd' }))).Name,
  list: async () => (await new SecretsManager({}).listSecrets({})).SecretList.map((secret) => secret.Name).sort(),
  'list by command': async () => (await secrets.send(new ListSecretsCommand({ MaxResults: 1 }))).SecretList.length,
  missing: () => rejected(secrets.send(new GetSecretValueCommand({ SecretId: 'nothing' }))),
  exists: () => rejected(secrets.send(new CreateSecretCommand({ Name: 'db', SecretString: 'x' }))),
  delete: async () => (await secrets.send(new DeleteSecretCommand({ SecretId: 'db', ForceDeleteWithoutRecovery: true }))).Name,
});
