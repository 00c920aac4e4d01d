exports.handler = (event, context, callback) => { callback(null, { sum: event.a + event.b }); };
