import { table } from '../table.cjs';
import { BaseProvider } from '@aws-lambda-powertools/parameters/base';
import { clearCaches } from '@aws-lambda-powertools/parameters';
import { SSMProvider, getParameter, getParameters } from '@aws-lambda-powertools/parameters/ssm';
import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import { DynamoDBProvider } from '@aws-lambda-powertools/parameters/dynamodb';
import { GetParameterError, TransformParameterError } from '@aws-lambda-powertools/parameters/errors';

const values = { plain: 'text', json: '{"a":[1,2]}', binary: Buffer.from('hällo').toString('base64'), broken: '{', 'a.json': '{"b":1}' };
class Memory extends BaseProvider {
  asked = [];
  constructor() { super({ awsSdkV3Client: undefined }); }
  async get(name, options) { return super.get(name, options); }
  async getMultiple(path, options) { return super.getMultiple(path, options); }
  async _get(name) { this.asked.push(name); if (name === 'missing') throw new Error('ParameterNotFound'); return values[name]; }
  async _getMultiple(path) { this.asked.push(path); return { a: '1', 'b.json': '{"c":2}', 'd.binary': 'aGk=', 'e.json': 'x' }; }
}
const rejected = (promise) => promise.then((value) => ['no error', value], (error) => [error.name, error.message.replace(/(JSON).*/, '$1'), error instanceof GetParameterError, error instanceof TransformParameterError]);

export const handler = table({
  transforms: async () => { const provider = new Memory(); return [await provider.get('plain'), await provider.get('json', { transform: 'json' }), await provider.get('binary', { transform: 'binary' }), await provider.get('a.json', { transform: 'auto' })]; },
  caching: async () => { const provider = new Memory(); await provider.get('plain'); await provider.get('plain'); await provider.get('plain', { forceFetch: true }); await provider.get('json', { maxAge: 0 }); await provider.get('json', { maxAge: 0 }); const before = provider.asked.slice(); provider.clearCache(); await provider.get('plain'); return [before, provider.asked.length, provider.hasKeyExpiredInCache('nothing')]; },
  errors: async () => { const provider = new Memory(); return [await rejected(provider.get('missing')), await rejected(provider.get('broken', { transform: 'json' }))]; },
  several: async () => { const provider = new Memory(); return [await provider.getMultiple('/x'), await provider.getMultiple('/y', { transform: 'auto' }), await rejected(provider.getMultiple('/z', { transform: 'auto', throwOnTransformError: true }))]; },
  'from the Parameter Store': async () => [await getParameter('/app/one', { transform: 'json', decrypt: true }), await getParameter('/app/one', { transform: 'json', decrypt: true }), await getParameters('/app'), await rejected(getParameter('/app/missing')), await new SSMProvider().get('/app/two')],
  'from Secrets Manager': async () => [await getSecret('login', { transform: 'json' }), await getSecret('login')],
  'from a table': async () => new DynamoDBProvider({ tableName: 'parameters' }).get('x'),
  'clearing all': () => clearCaches(),
});
