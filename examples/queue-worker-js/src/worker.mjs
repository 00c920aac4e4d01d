import { total } from "./price.mjs";

const currency = process.env.CURRENCY;

/** Prices each order of a batch. Those that cannot be priced are handed back to the queue. */
export const handler = async ({ Records }) => {
  const results = await Promise.allSettled(Records.map(priceRecord));
  const batchItemFailures = results.flatMap((result, index) => {
    if (result.status === "fulfilled") return [];
    const { messageId } = Records[index];
    console.error("cannot price", messageId, result.reason.message);
    return [{ itemIdentifier: messageId }];
  });
  return { batchItemFailures };
};

const priceRecord = async ({ body }) => {
  const order = JSON.parse(body);
  console.log(`order ${order.orderId}: ${total(order, currency).toFixed(2)} ${currency}`);
};
