export { Event } from "./types";

abstract class Named {
  constructor(public readonly name: string) {}
  abstract get all(): readonly unknown[];
}

export class Store<T> extends Named {
  private values: T[] = [];

  constructor(name: string, private readonly most: number) {
    super(name);
  }

  put(value: T): this {
    if (this.values.length < this.most) this.values.push(value);
    return this;
  }

  override get all(): readonly T[] {
    return this.values;
  }
}
