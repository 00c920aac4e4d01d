import { amount, orderOf } from "./order.mjs";

/** Makes the invoice of an order. Its number is the order's: an event that arrives twice gives the same invoice. */
export const handler = async (event) => {
  const { orderId, customer, total, currency } = orderOf(event);
  const payBy = new Date(event.time);
  payBy.setUTCDate(payBy.getUTCDate() + Number(process.env.DAYS_TO_PAY));
  const invoice = {
    number: `I-${orderId}`,
    customer,
    amount: amount(total, currency),
    payBy: payBy.toISOString().slice(0, 10),
  };
  console.info({ message: "invoice made", ...invoice });
  return invoice;
};
