exports.handler = () => 1;
throw new TypeError('at load');
