exports.handler = async () => {
  console.log({ a: 1 });
  console.debug('hidden');
  console.error('failed', new Error('why').message);
  return 1;
};
