exports.handler = async () => {
  try {
    require('./slow.mjs');
  } catch (error) {
    return error.code;
  }
};
