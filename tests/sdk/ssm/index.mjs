import { DeleteParameterCommand, GetParameterCommand, GetParametersByPathCommand, GetParametersCommand, PutParameterCommand, SSMClient, paginateGetParametersByPath } from '@aws-sdk/client-ssm';
import { rejected, table } from '../table.cjs';

const ssm = new SSMClient({});
const brief = ({ Name, Value, Type, Version, LastModifiedDate }) => [Name, Value, Type, Version, LastModifiedDate instanceof Date];

export const handler = table({
  put: async () => {
    const results = [];
    for (const [Name, Value, Type] of [['/app/url', 'https://x/?a=1&b=ü', 'String'], ['/app/key', 's3cret', 'SecureString'], ['/app/list', 'a,b,c', 'StringList'], ['/app/deep/er', '1', 'String']]) {
      results.push((await ssm.send(new PutParameterCommand({ Name, Value, Type }))).Version);
    }
    return results;
  },
  get: async () => brief((await ssm.send(new GetParameterCommand({ Name: '/app/url' }))).Parameter),
  decrypted: async () => brief((await ssm.send(new GetParameterCommand({ Name: '/app/key', WithDecryption: true }))).Parameter),
  several: async () => {
    const { Parameters, InvalidParameters } = await ssm.send(new GetParametersCommand({ Names: ['/app/url', '/app/list', '/app/none'] }));
    return [Parameters.map(brief), InvalidParameters];
  },
  'by path': async () => (await ssm.send(new GetParametersByPathCommand({ Path: '/app', Recursive: true, WithDecryption: true }))).Parameters.map(brief).sort(),
  'by path, paged': async () => {
    const names = [];
    for await (const page of paginateGetParametersByPath({ client: ssm, pageSize: 2 }, { Path: '/app', Recursive: true })) names.push(page.Parameters.map(({ Name }) => Name));
    return names;
  },
  overwrite: async () => [(await ssm.send(new PutParameterCommand({ Name: '/app/url', Value: 'new', Overwrite: true }))).Version, await rejected(ssm.send(new PutParameterCommand({ Name: '/app/url', Value: 'x', Type: 'String' })))],
  missing: () => rejected(ssm.send(new GetParameterCommand({ Name: '/none' }))),
  delete: async () => (await ssm.send(new DeleteParameterCommand({ Name: '/app/url' }))).$metadata.httpStatusCode,
});
