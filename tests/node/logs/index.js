console.log('at load');
exports.handler = async () => {
  console.log('plain %s', 'text', { a: 1 });
  console.info(['x']); console.warn('warned'); console.error(new Map([[1, 2]])); console.debug('two\nlines'); console.trace('traced');
  console.table([{ a: 1, b: 'x' }, { a: 2 }]); console.count(); console.count(); console.assert(1 === 2, 'not %s', 'equal'); console.group('group'); console.log('inside'); console.groupEnd();
  console.dir({ deep: { er: 1 } }); process.stdout.write('raw\n'); console.log(); console.log(undefined, null, 5, 'str', true, 1n, Symbol('s'));
  return null;
};
