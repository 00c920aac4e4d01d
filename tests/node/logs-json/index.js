exports.handler = async () => {
  console.log({ a: 1 });
  console.debug('hidden');
  console.log('text');
  console.log();
  console.info('two', 'words %d', 3);
  console.log('%s is %d', 'x', 3, { y: 1 });
  console.warn([1, undefined, null]);
  console.log('line\nline\ttab');
  console.log(undefined, null);
  const circular = { a: 1 };
  circular.self = circular;
  console.log(circular);
  console.log(1n);
  process.stdout.write('raw\n');
  return 1;
};
