exports.handler = async () => {
  const timeout = AbortSignal.timeout(1);
  const alive = setTimeout(() => {}, 2000);
  await new Promise((resolve) => timeout.addEventListener('abort', resolve));
  clearTimeout(alive);
  const controller = new AbortController();
  const any = AbortSignal.any([controller.signal, timeout]);
  let called = 0;
  controller.signal.onabort = () => called++;
  controller.abort('why');
  controller.abort('again');
  return [timeout.reason.name, timeout.reason.message, timeout.reason.code, any.aborted, any.reason === timeout.reason, called, controller.signal.reason, controller.signal instanceof EventTarget, require('util').inspect(controller.signal), new DOMException('m', 'DataCloneError').code, String(AbortSignal.abort().reason)];
};
