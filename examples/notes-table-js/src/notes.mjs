import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand, paginateScan } from "@aws-sdk/lib-dynamodb";

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = process.env.TABLE;

const reply = (statusCode, body) => ({
  statusCode,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

/** POST /notes: { "text": "…", "tags": ["…"] } */
export const write = async (event) => {
  const { text, tags = [] } = JSON.parse(event.body ?? "{}");
  if (typeof text !== "string" || text === "") return reply(400, { message: "A note needs a text." });
  const note = { id: randomUUID(), text, tags: new Set(["note", ...tags]), length: text.length };
  await table.send(new PutCommand({ TableName, Item: note, ConditionExpression: "attribute_not_exists(id)" }));
  return reply(201, { id: note.id });
};

/** GET /notes */
export const list = async () => {
  const notes = [];
  for await (const page of paginateScan({ client: table }, { TableName })) {
    for (const { text, tags, length } of page.Items) notes.push({ text, tags: [...tags].sort(), length });
  }
  notes.sort((one, other) => one.text.localeCompare(other.text));
  return reply(200, { notes });
};
