const esm = require('./new.mjs');
exports.handler = async () => [esm.default, esm.x, esm.__esModule, Object.keys(esm).sort()];
