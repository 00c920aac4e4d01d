exports.handler = async () => {
  const error = new Error('broken');
  error.code = 'E_BROKEN';
  error.stack = 'Error: broken\n    at somewhere';
  throw error;
};
