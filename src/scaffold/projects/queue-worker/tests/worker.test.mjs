import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { price } from "../src/order.mjs";
import { handler } from "../src/worker.mjs";

const tea = { item: "tea", quantity: 2, price: 450 };

const message = (messageId, body) => ({ messageId, body: typeof body === "string" ? body : JSON.stringify(body) });

beforeEach(() => {
  process.env.CURRENCY = "EUR";
  mock.method(console, "info", () => {});
  mock.method(console, "error", () => {});
});

test("an order comes to the sum of its lines in the wanted currency", () => {
  assert.equal(price({ currency: "EUR", lines: [tea] }, "EUR"), 900);
  assert.equal(price({ currency: "GBP", lines: [tea] }, "EUR"), 1125);
  assert.equal(price({ currency: "EUR", lines: [tea] }, "USD"), 1125);
});

test("an order without lines, with a bad line or an unknown currency has no price", () => {
  for (const order of [
    {},
    null,
    { currency: "EUR", lines: [] },
    { currency: "EUR", lines: [{ ...tea, quantity: 0 }] },
    { currency: "EUR", lines: [{ ...tea, price: 1.5 }] },
    { currency: "toString", lines: [tea] },
  ]) {
    assert.throws(() => price(order, "EUR"), RangeError);
  }
});

test("only the messages that fail are handed back", async () => {
  const good = { id: "A-1", currency: "EUR", lines: [tea] };
  const Records = [message("1", good), message("2", "no JSON"), message("3", good), message("4", { id: "A-2" })];
  assert.deepEqual(await handler({ Records }), {
    batchItemFailures: [{ itemIdentifier: "2" }, { itemIdentifier: "4" }],
  });
  assert.equal(console.info.mock.callCount(), 2);
  assert.equal(console.error.mock.callCount(), 2);
});
