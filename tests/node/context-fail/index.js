exports.handler = (event, context) => { context.fail('plain text'); };
