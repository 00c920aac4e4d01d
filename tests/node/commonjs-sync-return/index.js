exports.handler = (event) => [event, typeof event];
