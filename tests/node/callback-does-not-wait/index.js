exports.handler = (event, context, callback) => {
  context.callbackWaitsForEmptyEventLoop = false;
  const answer = { n: 0 };
  setTimeout(() => { answer.n = 1; }, 5);
  callback(null, answer);
};
