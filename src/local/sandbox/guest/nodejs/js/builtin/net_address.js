// Addresses of the internet protocol as text: `net.isIP` and what builds on it.

const V4_PART = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const V4 = `(?:${V4_PART}\\.){3}${V4_PART}`;
const GROUP = "[0-9a-fA-F]{1,4}";
const V4_ONLY = new RegExp(`^${V4}$`);
const V6_ONLY = new RegExp(
  "^(?:" +
    `(?:${GROUP}:){7}(?:${GROUP}|:)|` +
    `(?:${GROUP}:){6}(?:${V4}|:${GROUP}|:)|` +
    `(?:${GROUP}:){5}(?::${V4}|(?::${GROUP}){1,2}|:)|` +
    `(?:${GROUP}:){4}(?:(?::${GROUP}){0,1}:${V4}|(?::${GROUP}){1,3}|:)|` +
    `(?:${GROUP}:){3}(?:(?::${GROUP}){0,2}:${V4}|(?::${GROUP}){1,4}|:)|` +
    `(?:${GROUP}:){2}(?:(?::${GROUP}){0,3}:${V4}|(?::${GROUP}){1,5}|:)|` +
    `(?:${GROUP}:){1}(?:(?::${GROUP}){0,4}:${V4}|(?::${GROUP}){1,6}|:)|` +
    `(?::(?:(?::${GROUP}){0,5}:${V4}|(?::${GROUP}){1,7}|:))` +
    ")(?:%[0-9a-zA-Z-.:]+)?$",
);

export const isIPv4 = (text) => V4_ONLY.test(`${text}`);
export const isIPv6 = (text) => V6_ONLY.test(`${text}`);

export function isIP(text) {
  if (isIPv4(text)) return 4;
  return isIPv6(text) ? 6 : 0;
}

/** An address as a number: 32 or 128 bits. */
export function numberOf(text) {
  if (isIPv4(text)) return text.split(".").reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
  const plain = text.replace(/%.*$/, "").replace(/(\d+\.\d+\.\d+\.\d+)$/, (v4) => {
    const number = numberOf(v4);
    return `${(number >> 16n).toString(16)}:${(number & 0xffffn).toString(16)}`;
  });
  const [head, tail] = plain.split("::");
  const groups = (part) => (part ? part.split(":") : []);
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array(8 - before.length - after.length).fill("0");
  return [...before, ...zeros, ...after].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}
