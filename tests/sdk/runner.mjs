// Runs one case under Node: `node runner.mjs <script> <answer.json>` writes the handler's answer to a file. What the
// case logs goes to standard output.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [script, answer] = process.argv.slice(2);
const { handler } = await import(pathToFileURL(path.resolve(script)));
writeFileSync(answer, JSON.stringify(await handler({}, {}), null, 1));
process.exit(0);
