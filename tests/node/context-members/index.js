exports.handler = async (event, context) => ({
  names: [context.functionName, context.functionVersion, typeof context.memoryLimitInMB],
  id: /^[0-9a-f-]{36}$/.test(context.awsRequestId), arn: context.invokedFunctionArn.split(':').length,
  left: context.getRemainingTimeInMillis() > 0 && context.getRemainingTimeInMillis() <= 900000,
});
