// Runs the scripts of this folder: as a handler (`runner.handler`, whose event is { file, script } or { list: true })
// and under Node (`node runner.js` prints what all of them give, as JSON).
const { Console } = require('node:console');
const { inspect } = require('node:util');
const fs = require('node:fs');
const path = require('node:path');

/** `Name [CODE]: message` of what `run` throws, or `no error`. */
function describe(error) {
  if (error === null || typeof error !== 'object') return `thrown ${inspect(error)}`;
  return `${error.name}${error.code === undefined ? '' : ` [${error.code}]`}: ${error.message}`;
}

/** What a script gets besides the globals. */
function tools() {
  const out = [];
  const stream = (prefix) => ({ write: (text) => { out.push(...text.replace(/\n$/, '').split('\n').map((line) => prefix + line)); return true; }, on() {}, once() {}, removeListener() {}, listenerCount: () => 0 });
  return {
    out,
    /** A console whose output is part of what the script gives. */
    console: new Console({ stdout: stream('out| '), stderr: stream('err| ') }),
    /** Adds a line to the output. */
    log: (...values) => { out.push(values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' ')); },
    caught: (run) => { try { run(); return 'no error'; } catch (error) { return describe(error); } },
    rejected: async (run) => { try { await run(); return 'no error'; } catch (error) { return describe(error); } },
    /** Lets timers of `ms` milliseconds fire. */
    wait: (ms = 1) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}

/** The text of one script: its log lines, then its value as `util.inspect` shows it, or its error. */
async function run(file, name) {
  const t = tools();
  try {
    const value = await require(`./${file}`)[name](t);
    if (value !== undefined) t.out.push(inspect(value, { depth: 8, maxArrayLength: 300, breakLength: 120 }));
  } catch (error) {
    t.out.push(`THROWN ${describe(error)}`);
  }
  return t.out.join('\n');
}

const files = () => fs.readdirSync(__dirname).filter((file) => file.endsWith('.js') && file !== 'runner.js').sort();
const list = () => files().flatMap((file) => Object.keys(require(`./${file}`)).map((script) => ({ file, script })));

exports.handler = async (event) => (event.list ? list() : run(event.file, event.script));

/** Under Node every file has a process of its own, as it has an environment of its own in the sandbox. */
async function main([only]) {
  const results = {};
  for (const file of only === undefined ? files() : []) {
    const output = require('node:child_process').execFileSync(process.execPath, [__filename, file], { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 26 });
    Object.assign(results, JSON.parse(output));
  }
  for (const { file, script } of only === undefined ? [] : list()) {
    if (file === only) results[`${path.basename(file, '.js')}/${script}`] = await run(file, script);
  }
  process.stdout.write(`${JSON.stringify(results, null, 1)}\n`);
}
if (require.main === module) main(process.argv.slice(2));
