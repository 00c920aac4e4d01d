import { Catalogue, OutOfStock } from "../catalogue";
import { Size, type Line, type Order, type Priced } from "../order";

interface HttpEvent {
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

const catalogue = new Catalogue({ tea: 320, kettle: 4_950, cup: 780 });

function reply(statusCode: number, body: unknown): HttpAnswer {
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

function parse(event: HttpEvent): Order {
  const text = event.isBase64Encoded ? Buffer.from(event.body!, "base64").toString() : event.body;
  const order = JSON.parse(text ?? "{}") as Partial<Order>;
  if (!Array.isArray(order.lines) || order.lines.length === 0) throw new RangeError("An order has at least one line.");
  return { lines: order.lines satisfies Line[], size: order.size ?? Size.Regular };
}

/** POST /orders/price */
export const handler = async (event: HttpEvent): Promise<HttpAnswer> => {
  try {
    const priced: Priced = catalogue.price(parse(event));
    return reply(200, { ...priced, currency: process.env.CURRENCY });
  } catch (error: unknown) {
    if (error instanceof OutOfStock) return reply(409, { message: error.message, item: error.item });
    if (error instanceof RangeError) return reply(400, { message: error.message });
    throw error;
  }
};
