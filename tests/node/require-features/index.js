const path = require('path');
const a = require('./lib/a');
const data = require('./data.json');
const pkg = require('tool');
exports.handler = async () => ({
  a: a.name, b: a.b().name, partial: a.partial, data, pkg: pkg(2), same: require('./lib/a') === a,
  cached: Object.keys(require.cache).map((file) => path.basename(file)).sort(),
  resolved: require.resolve('tool').replace(/.*node_modules/, ''),
  filename: path.basename(__filename), dirname: path.basename(__dirname) !== '',
  module: [typeof module.id, module.loaded, module.children.length, module.paths.length > 0],
  main: require.main === module, self: this === undefined,
  builtin: require('node:fs') === require('fs'), wrapped: typeof require('module').createRequire,
});
