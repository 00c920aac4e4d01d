import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { handler, type WindowEvent } from "../src/count.ts";

const record = (sequenceNumber: string, data: unknown) => {
  const text = typeof data === "string" ? data : JSON.stringify(data);
  return { kinesis: { sequenceNumber, data: Buffer.from(text).toString("base64") } };
};

const home = { page: "/", visitor: "a" };
const tea = { page: "/tea", visitor: "b" };
const info = mock.method(console, "info", () => {});

beforeEach(() => {
  info.mock.resetCalls();
  mock.method(console, "error", () => {});
});

test("the views of a batch are added to those of the window so far", async () => {
  const event = { Records: [record("1", home), record("2", tea), record("3", home)], state: { "/tea": 4 } };
  assert.deepEqual(await handler(event), { state: { "/tea": 5, "/": 2 }, batchItemFailures: [] });
});

test("a record that is no view is handed back with all behind it", async () => {
  for (const bad of ["no JSON", "null", {}, { page: "tea", visitor: "a" }, { page: "/" }]) {
    const event = { Records: [record("1", home), record("2", bad), record("3", home)] };
    assert.deepEqual(await handler(event), { state: { "/": 1 }, batchItemFailures: [{ itemIdentifier: "2" }] });
  }
});

test("only the last invocation of a window writes its result", async () => {
  const event: WindowEvent = { Records: [], state: { "/": 3 }, window: { start: "12:00", end: "12:01" } };
  await handler(event);
  assert.equal(info.mock.callCount(), 0);
  await handler({ ...event, isFinalInvokeForWindow: true });
  assert.deepEqual(info.mock.calls[0]?.arguments, [
    { message: "views", from: "12:00", to: "12:01", pages: { "/": 3 } },
  ]);
});
