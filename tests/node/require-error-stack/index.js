exports.handler = async () => {
  try {
    require('no-such-package');
  } catch (error) {
    return [error.code, error.message.split('\n')[0], error.requireStack.length > 0];
  }
};
