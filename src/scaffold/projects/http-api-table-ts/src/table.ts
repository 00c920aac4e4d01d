import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { Note, Page } from "./notes.ts";

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = process.env.TABLE_NAME;

/** Keeps a new note. Fails when there is one with its id. */
export const put = async (note: Note): Promise<void> => {
  await client.send(new PutCommand({ TableName, Item: note, ConditionExpression: "attribute_not_exists(id)" }));
};

/** The note with this id, if there is one. */
export const find = async (id: string): Promise<Note | undefined> => {
  const { Item } = await client.send(new GetCommand({ TableName, Key: { id } }));
  return Item as Note | undefined;
};

/** At most `limit` notes, those behind the note `after`. */
export const page = async (limit: number, after?: string): Promise<Page> => {
  const start = after === undefined ? undefined : { id: after };
  const answer = await client.send(new ScanCommand({ TableName, Limit: limit, ExclusiveStartKey: start }));
  return { notes: answer.Items as Note[], next: answer.LastEvaluatedKey?.id };
};
