const { AsyncLocalStorage, AsyncResource } = require('async_hooks');
const storage = new AsyncLocalStorage();
exports.handler = async () => {
  const out = [storage.getStore() === undefined];
  out.push(storage.run('sync', () => storage.getStore()), storage.getStore() === undefined);
  out.push(await storage.run('async', async () => { await null; await new Promise((resolve) => setTimeout(resolve, 2)); return [storage.getStore(), await new Promise((resolve) => setTimeout(() => resolve(storage.getStore()), 1)), await new Promise((resolve) => process.nextTick(() => resolve(storage.getStore())))]; }));
  out.push(storage.getStore() === undefined); const bound = storage.run('bound', () => AsyncResource.bind(() => storage.getStore())); out.push(bound());
  return out;
};
