// A put and a scan of a table: what the benchmark calls, in the sandbox and under node.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const handler = async ({ id }) => {
  await table.send(new PutCommand({ TableName: "notes", Item: { id, text: "hello", tags: ["a", "b"], count: 3 } }));
  const { Items } = await table.send(new ScanCommand({ TableName: "notes" }));
  return { count: Items.length, first: Items[0] };
};
