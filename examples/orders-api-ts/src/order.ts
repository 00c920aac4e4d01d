/** How large the parcel is; larger ones cost more to send. */
export enum Size {
  Regular = "regular",
  Large = "large",
}

/** One item of an order. */
export type Line = { item: string; count: number };

export interface Order {
  lines: Line[];
  size: Size;
}

/** Amounts are in cents. */
export interface Priced {
  goods: number;
  postage: number;
  total: number;
}
