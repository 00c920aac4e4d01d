import { Logger, LogFormatter, LogItem } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { search } from '@aws-lambda-powertools/logger/correlationId';
import middy from '@middy/core';

const logger = new Logger({ serviceName: 'orders', persistentKeys: { team: 'a' }, logLevel: 'DEBUG', correlationIdSearchFn: search });
class Short extends LogFormatter {
  formatAttributes(attributes, more) {
    return new LogItem({ attributes: { m: attributes.message, l: attributes.logLevel, at: this.formatTimestamp(attributes.timestamp).length, f: attributes.lambdaContext?.functionName } }).addAttributes(more);
  }
}

class Work {
  run() {
    logger.info('in a method');
    return 'ran';
  }
}

export const handler = middy(async (event, context) => {
  logger.debug('debug');
  logger.info('with more', { order: { id: 1, tags: ['a', new Set([1]), new Map([['k', 1n]])] }, undef: undefined });
  logger.warn({ message: 'an object', count: 5 });
  logger.error('failed', new RangeError('out', { cause: new Error('inner') }));
  logger.critical('several', { error: new TypeError('t') }, { more: 1 });
  logger.appendKeys({ kept: true, nested: { a: 1 } });
  logger.info('appended');
  logger.removeKeys(['kept']);
  const child = logger.createChild({ persistentKeys: { child: 1 }, logLevel: 'WARN' });
  child.info('not shown');
  child.warn('shown');
  logger.setCorrelationId('c-1');
  logger.info('correlated');
  logger.resetKeys();
  const circular = { a: 1 };
  circular.self = circular;
  logger.info('circular', { circular });
  logger.logEventIfEnabled(event, true);
  const buffered = new Logger({ logBufferOptions: { enabled: true, flushOnErrorLog: true }, serviceName: 'buffered' });
  buffered.debug('kept back');
  buffered.error('flushes');
  const short = new Logger({ logFormatter: new Short() });
  short.addContext(context);
  short.info('short', { more: [1] });
  const once = new Logger({ sampleRateValue: 0, serviceName: 'sampled' });
  once.refreshSampleRateCalculation();
  once.info('sampled');
  return { level: logger.getLevelName(), cold: logger.getColdStart(), ran: new Work().run(), id: logger.getCorrelationId() ?? null };
}).use(injectLambdaContext(logger, { logEvent: true, resetKeys: true, correlationIdPath: 'headers."x-id"', flushBufferOnUncaughtError: true }));
