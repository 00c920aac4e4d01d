import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "../src/http.ts";
import { functionsFor, type Note, type Table } from "../src/notes.ts";

/** A table in memory. */
const tableOf = (...notes: Note[]): Table & { notes: Note[] } => ({
  notes,
  put: async (note) => void notes.push(note),
  find: async (id) => notes.find((note) => note.id === id),
  page: async (limit) => ({ notes: notes.slice(0, limit) }),
});

const unopened = (): never => assert.fail("the table is not needed");
const bodyOf = (answer: Answer) => JSON.parse(answer.body ?? "");
const tea: Note = { id: "1", text: "Buy tea", createdAt: "2026-01-01T00:00:00.000Z" };

test("a note is kept and given back", async () => {
  const table = tableOf();
  const { create } = functionsFor(async () => table);
  const answer = await create({ body: '{"text":"Buy tea"}' });
  assert.equal(answer.statusCode, 201);
  assert.deepEqual(table.notes, [bodyOf(answer)]);
  assert.equal(answer.headers?.location, `/notes/${table.notes[0]?.id}`);
});

test("a body in base64 is read", async () => {
  const { create } = functionsFor(async () => tableOf());
  const body = Buffer.from('{"text":"Buy tea"}').toString("base64");
  assert.equal((await create({ body, isBase64Encoded: true })).statusCode, 201);
});

test("a note without a text is refused", async () => {
  const { create } = functionsFor(unopened);
  for (const body of [undefined, "", "no JSON", "null", "{}", '{"text":""}', '{"text":1}']) {
    assert.equal((await create({ body })).statusCode, 400, body);
  }
});

test("a note is found by its id, and another is not", async () => {
  const { read } = functionsFor(async () => tableOf(tea));
  assert.deepEqual(bodyOf(await read({ pathParameters: { id: "1" } })), tea);
  assert.equal((await read({ pathParameters: { id: "2" } })).statusCode, 404);
});

test("a page has no more notes than asked for", async () => {
  const { list } = functionsFor(async () => tableOf(tea, tea, tea));
  const answer = await list({ queryStringParameters: { limit: "2" } });
  assert.equal(bodyOf(answer).notes.length, 2);
});

test("a page of no or too many notes is refused", async () => {
  const { list } = functionsFor(unopened);
  for (const limit of ["0", "101", "1.5", "many"]) {
    assert.equal((await list({ queryStringParameters: { limit } })).statusCode, 400, limit);
  }
});
