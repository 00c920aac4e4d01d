require('./nowhere');
exports.handler = async () => 1;
