import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = process.env.TABLE_NAME;

/** Keeps a new note. Fails when there is one with its id. */
export const put = async (note) => {
  await client.send(new PutCommand({ TableName, Item: note, ConditionExpression: "attribute_not_exists(id)" }));
};

/** The note with this id, if there is one. */
export const find = async (id) => {
  const { Item } = await client.send(new GetCommand({ TableName, Key: { id } }));
  return Item;
};

/** At most `limit` notes, those behind the note `after`. `next` is there when more notes may follow. */
export const page = async (limit, after) => {
  const start = after && { id: after };
  const answer = await client.send(new ScanCommand({ TableName, Limit: limit, ExclusiveStartKey: start }));
  return { notes: answer.Items, next: answer.LastEvaluatedKey?.id };
};
