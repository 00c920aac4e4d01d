let fired = 0;
let first = true;
exports.handler = async () => {
  if (first) {
    first = false;
    setTimeout(() => { fired++; }, 1);
    return fired;
  }
  await new Promise((resolve) => setTimeout(resolve, 5));
  return fired;
};
