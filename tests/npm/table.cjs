// What the cases of this folder share: a handler that runs named checks and answers what each gave.
const { inspect } = require('node:util');

function thrown(error) {
  if (error === null || typeof error !== 'object') return `THROWN ${inspect(error)}`;
  return `THROWN ${error.name}${error.code === undefined ? '' : ` [${error.code}]`}: ${error.message}`;
}

function shown(value) {
  return typeof value === 'string' ? value : inspect(value, { depth: 8, breakLength: 120, maxArrayLength: 300 });
}

/** A handler that answers `{ name: text }`: what each check gave or threw, as `util.inspect` shows it. */
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

/** What `run` throws, as text. */
exports.caught = (run) => {
  try {
    return `no error, but ${shown(run())}`;
  } catch (error) {
    return thrown(error);
  }
};
