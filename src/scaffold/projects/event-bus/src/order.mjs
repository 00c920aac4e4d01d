/** The order in an event. Throws a TypeError that says what is missing: the event then goes to the failed ones. */
export const orderOf = ({ id, detail }) => {
  const { orderId, customer, total, currency } = detail ?? {};
  if (typeof orderId !== "string") throw new TypeError(`the event ${id} has no orderId`);
  if (typeof customer !== "string") throw new TypeError(`the order ${orderId} has no customer`);
  if (!Number.isInteger(total) || total < 0) throw new TypeError(`the order ${orderId} has no total in cents`);
  if (!/^[A-Z]{3}$/.test(currency)) throw new TypeError(`the order ${orderId} has no currency`);
  return { orderId, customer, total, currency };
};

/** An amount of cents as people read it. */
export const amount = (cents, currency) =>
  new Intl.NumberFormat("en-US", { style: "currency", currency }).format(cents / 100);
