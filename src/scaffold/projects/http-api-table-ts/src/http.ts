import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";

/** The parts of an HTTP API's request that the functions read. */
export type Request = Partial<
  Pick<APIGatewayProxyEventV2, "body" | "isBase64Encoded" | "pathParameters" | "queryStringParameters">
>;

export type Answer = APIGatewayProxyStructuredResultV2;

/** The answer of an HTTP API. */
export const reply = (statusCode: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
  statusCode,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});

/** The object in a request's body. Undefined when there is none. */
export const objectOf = ({ body = "", isBase64Encoded }: Request): Record<string, unknown> | undefined => {
  const text = isBase64Encoded ? Buffer.from(body, "base64").toString() : body;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
};
