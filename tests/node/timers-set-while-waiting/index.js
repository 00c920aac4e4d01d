// A timer that a promise job sets while the loop waits for a later one.
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
exports.handler = async () => {
  const started = Date.now();
  const late = setTimeout(() => {}, 5000);
  await wait(2);
  await wait(2);
  await new Promise((resolve) => setImmediate(resolve));
  await wait(2);
  clearTimeout(late);
  return Date.now() - started < 2000;
};
