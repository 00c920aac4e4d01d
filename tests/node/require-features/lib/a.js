exports.name = 'a';
const b = require('./b');
exports.partial = b.seen;
exports.b = () => b;
