let first;
export const handler = async ({ base }) => {
  if (first === undefined) {
    first = fetch(`${base}/gate`).then((res) => res.text());
    return 'started';
  }
  await fetch(`${base}/open`);
  return first;
};
