import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { handler as invoice } from "../src/invoice.mjs";
import { handler as review } from "../src/review.mjs";

const placed = (detail) => ({
  id: "e-1",
  time: "2026-11-21T12:00:00Z",
  detail: { orderId: "A-1001", customer: "Ada", total: 4950, currency: "EUR", ...detail },
});

beforeEach(() => {
  process.env.DAYS_TO_PAY = "14";
  mock.method(console, "info", () => {});
});

test("an invoice is due two weeks after the order", async () => {
  assert.deepEqual(await invoice(placed()), {
    number: "I-A-1001",
    customer: "Ada",
    amount: "€49.50",
    payBy: "2026-12-05",
  });
});

test("a review says who orders for how much", async () => {
  const answer = await review(placed({ total: 125_000 }));
  assert.deepEqual(answer, { orderId: "A-1001", reason: "Ada orders for €1,250.00" });
});

test("an event without an order fails in both consumers", async () => {
  for (const event of [{ id: "e-1" }, placed({ orderId: 1 }), placed({ total: "1" }), placed({ currency: "euro" })]) {
    await assert.rejects(invoice(event), TypeError);
    await assert.rejects(review(event), TypeError);
  }
});
