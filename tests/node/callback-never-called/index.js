exports.handler = (event, context, callback) => { setTimeout(() => {}, 2); };
