exports.handler = async function handler() {
  const error = new Error('bad');
  error.code = 'E_BAD';
  throw error;
};
