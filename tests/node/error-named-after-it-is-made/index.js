// V8 writes the first line of a stack at the first look at it.
class Named extends TypeError {
  constructor(message) {
    super(message);
    this.name = 'NotFound';
  }
}
class Captured extends Error {
  constructor(message) {
    super(message);
    Error.captureStackTrace(this, Captured);
    this.name = 'Captured';
  }
}
function Old(message) {
  Error.call(this, message);
  Error.captureStackTrace(this, Old);
  this.name = 'Old';
  this.message = message;
}
require('util').inherits(Old, Error);
const first = (error) => error.stack.split('\n')[0];
exports.handler = async () => {
  const changed = new Error('a');
  changed.message = 'b';
  const looked = new Error('a');
  first(looked);
  looked.message = 'b';
  const set = new Error('a');
  set.stack = 'mine';
  const deleted = new RangeError('a');
  delete deleted.stack;
  const renamed = Object.assign(new AggregateError([1], 'several'), { name: 'Several' });
  const thrown = (() => { try { null.x; } catch (error) { error.name = 'Mine'; return error; } })();
  const hooked = (() => {
    const original = Error.prepareStackTrace;
    Error.prepareStackTrace = (error, sites) => `${error.name}: ${sites.length > 0}`;
    const { stack } = new Error('hooked');
    Error.prepareStackTrace = original;
    return stack;
  })();
  return {
    named: first(new Named('x')), captured: first(new Captured('y')), old: first(new Old('z')), changed: first(changed), looked: first(looked),
    set: set.stack, deleted: [deleted.stack, 'stack' in deleted], renamed: first(renamed), hooked,
    called: [first(Error('called')), Error('called') instanceof Error, new Named('n') instanceof TypeError],
    own: [Object.hasOwn(new Error('o'), 'stack'), Object.keys(new Named('k')), JSON.stringify(new Error('j'))],
    classes: [Error.name, Error.length, TypeError.length, Object.getPrototypeOf(TypeError) === Error, new Error('c').constructor === Error, Error.prototype.constructor === Error, AggregateError.length],
    shown: require('util').inspect(new Named('shown')).split('\n')[0], string: `${new Named('s')}`,
    frames: new Named('f').stack.split('\n').slice(0, 2).map((line) => line.includes('new Named')),
    cause: new Error('e', { cause: 1 }).cause, printed: typeof thrown.stack,
    payload: (() => { const e = new Named('p'); return [e.name, e.message, first(e)]; })(),
  };
};
