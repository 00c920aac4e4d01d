const EventEmitter = require('events');
const { once, on } = EventEmitter;
exports.handler = async () => {
  const out = [];
  const emitter = new EventEmitter();
  emitter.on('a', (x) => out.push(x)); emitter.once('a', (x) => out.push('once ' + x)); emitter.prependListener('a', (x) => out.push('first ' + x));
  out.push(emitter.emit('a', 1), emitter.emit('a', 2), emitter.emit('none'), emitter.listenerCount('a'), emitter.eventNames());
  setTimeout(() => emitter.emit('later', 'x', 'y'), 1);
  out.push(await once(emitter, 'later'));
  try { emitter.emit('error', new Error('unheard')); } catch (error) { out.push(error.message); }
  const target = new EventTarget();
  target.addEventListener('hi', (event) => out.push(event.type), { once: true });
  target.dispatchEvent(new Event('hi')); target.dispatchEvent(new Event('hi'));
  const controller = new AbortController();
  controller.signal.addEventListener('abort', () => out.push('aborted'));
  controller.abort(); out.push(controller.signal.aborted, controller.signal.reason.name);
  return out;
};
