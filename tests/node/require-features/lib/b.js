const a = require('./a');
module.exports = { name: 'b', seen: a.name };
