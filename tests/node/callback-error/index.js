exports.handler = (event, context, callback) => callback(new TypeError('no'));
