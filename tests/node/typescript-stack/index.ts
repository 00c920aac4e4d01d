import type {
  Handler,
} from "aws-lambda";

class Order<T extends object = {}> {
  constructor(private readonly lines: T[]) {}

  total(price: (line: T) => number): number {
    if (!this.lines.length) { const why: string = "an order without lines"; throw new RangeError(why); }
    return this.lines.reduce<number>((sum, line) => sum + price(line), 0);
  }
}

export const handler: Handler = async (): Promise<number> => (new Order([]) as Order).total((line): number => 1);
