exports.handler = async () => {
  console.trace('trace');
  console.debug('debug');
  console.info('info');
  console.log('log');
  console.warn('warn');
  console.error('error');
  console.fatal('fatal');
  return process.env.AWS_LAMBDA_LOG_FORMAT + ' ' + process.env.AWS_LAMBDA_LOG_LEVEL;
};
