import { Size, type Order, type Priced } from "./order";

/** An item that is not, or no longer, to be had. */
export class OutOfStock extends Error {
  constructor(readonly item: string) {
    super(`There is no ${item}.`);
  }
}

/** What there is and what it costs, in cents. */
export class Catalogue<Item extends string = string> {
  #postage: Record<Size, number> = { [Size.Regular]: 490, [Size.Large]: 990 };

  constructor(private readonly prices: Record<Item, number>) {}

  price(order: Order): Priced {
    const goods = order.lines.reduce((sum, { item, count }) => sum + this.of(item) * count, 0);
    const postage = goods > 5_000 ? 0 : this.#postage[order.size];
    return { goods, postage, total: goods + postage };
  }

  private of(item: string): number {
    const price = this.prices[item as Item] as number | undefined;
    if (price === undefined) throw new OutOfStock(item);
    return price;
  }
}
