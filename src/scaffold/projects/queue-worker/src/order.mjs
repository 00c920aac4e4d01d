/** What one unit of each currency is worth in euros. */
const WORTH = { EUR: 1, GBP: 1.25, USD: 0.8 };

/** What an order comes to in `currency`, in cents. Throws a RangeError that says what is wrong with the order. */
export const price = (order, currency) => {
  if (!Array.isArray(order?.lines) || order.lines.length === 0) throw new RangeError("an order has lines");
  const sum = order.lines.reduce((sum, line) => sum + cents(line), 0);
  return Math.round((sum * worth(order.currency)) / worth(currency));
};

const cents = ({ item, quantity, price }) => {
  if (!Number.isInteger(quantity) || quantity < 1) throw new RangeError(`the quantity of ${item} is ${quantity}`);
  if (!Number.isInteger(price) || price < 0) throw new RangeError(`the price of ${item} is ${price}`);
  return quantity * price;
};

const worth = (currency) => {
  if (!Object.hasOwn(WORTH, currency)) throw new RangeError(`there is no rate for ${currency}`);
  return WORTH[currency];
};
