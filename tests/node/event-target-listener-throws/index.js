exports.handler = async () => {
  const target = new EventTarget();
  target.addEventListener('x', () => {
    throw new TypeError('listener');
  });
  target.dispatchEvent(new Event('x'));
  await new Promise((resolve) => setTimeout(resolve, 50));
};
