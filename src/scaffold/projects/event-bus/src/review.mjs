import { amount, orderOf } from "./order.mjs";

/** Asks a person to look at an order. Which ones is the rule's to say, in the template. */
export const handler = async (event) => {
  const { orderId, customer, total, currency } = orderOf(event);
  const review = { orderId, reason: `${customer} orders for ${amount(total, currency)}` };
  console.info({ message: "review wanted", ...review });
  return review;
};
