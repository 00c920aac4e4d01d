import rates from "./rates.json" with { type: "json" };

/** What an order comes to in `currency`. */
export const total = (order, currency) => {
  const sum = order.lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  return (sum / rate(order.currency)) * rate(currency);
};

const rate = (currency) => {
  if (!Object.hasOwn(rates, currency)) throw new RangeError(`no rate for ${currency}`);
  return rates[currency];
};
