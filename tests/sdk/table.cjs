// What the cases share: a handler that runs named checks, one after the other, and answers what each gave.
const { inspect } = require('node:util');

const shown = (value) =>
  typeof value === 'string' ? value : inspect(value, { depth: 12, breakLength: 120, maxArrayLength: 300, sorted: true });

/** What people look at when a call to AWS fails. */
function thrown(error) {
  if (!(error instanceof Error)) return `THROWN ${shown(error)}`;
  const { name, message, code, $fault, $metadata, statusCode } = error;
  return `THROWN ${shown({ name, message, code, $fault, status: $metadata?.httpStatusCode ?? statusCode, attempts: $metadata?.attempts })}`;
}

/** A handler that answers `{ name: text }`: what each check gave or threw. */
exports.table = (checks) => async (event, context) => {
  const results = {};
  for (const [name, check] of Object.entries(checks)) {
    try {
      results[name] = shown(await check(event, context));
    } catch (error) {
      results[name] = thrown(error);
    }
  }
  return results;
};

/** What a promise is rejected with, as text. */
exports.rejected = (promise) => promise.then((value) => `no error, but ${shown(value)}`, thrown);

/** An answer without its metadata but for the status. */
exports.plain = ({ $metadata, ...rest }) => ({ status: $metadata.httpStatusCode, ...rest });
