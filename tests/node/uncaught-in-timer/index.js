exports.handler = async () => {
  setTimeout(() => { throw new RangeError('later'); }, 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
};
