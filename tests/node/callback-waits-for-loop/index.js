let n = 0;
exports.handler = (event, context, callback) => {
  const answer = { n };
  setTimeout(() => { answer.n = ++n; }, 5);
  callback(null, answer);
};
