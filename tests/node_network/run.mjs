// Runs one case under Node: `node run.mjs <case> <event as JSON>` prints what its handler gives.
const [folder, event] = process.argv.slice(2);
const { handler } = await import(`./${folder}/index.mjs`);
console.log(JSON.stringify(await handler(JSON.parse(event))));
process.exit();
