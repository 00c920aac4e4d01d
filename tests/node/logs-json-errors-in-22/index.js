class Missing extends TypeError {
  constructor(message, key) {
    super(message);
    this.key = key;
    this.name = 'Renamed';
  }
}
const short = (error) => {
  error.stack = error.stack.split('\n')[0];
  return error;
};
exports.handler = async () => {
  console.error(short(new Error('plain')));
  console.error(short(new Missing('with fields', 'k')));
  console.error({ nested: short(new RangeError('inside')) });
  console.error('failed:', short(new Missing('second', 'k')), 'and', short(new Error('third')));
  const bare = new Error('no stack');
  bare.stack = undefined;
  console.error(bare);
  console.error('with it', bare);
  console.error(short(new Error('outer', { cause: short(new Error('cause')) })));
  console.error(short(new Error('first')), 'then');
  console.error(null, undefined);
  return 1;
};
