import { price } from "./order.mjs";

/** Works through a batch. Messages that fail are handed back to the queue by their ids, and only they. */
export const handler = async ({ Records }) => {
  const batchItemFailures = [];
  for (const { messageId, body } of Records) {
    try {
      await work(JSON.parse(body));
    } catch (error) {
      console.error({ message: "order failed", messageId, reason: error.message });
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
};

/**
 * What is to be done with one order. SQS may deliver a message more than once, so the work has to bear being done
 * twice: put what it makes under `order.id`.
 */
const work = async (order) => {
  const currency = process.env.CURRENCY;
  console.info({ message: "order priced", id: order.id, total: price(order, currency), currency });
};
