exports.handler = async () => {
  setTimeout(async () => {
    throw new RangeError('later');
  }, 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
};
