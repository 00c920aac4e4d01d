export interface Event {
  values?: Array<number | undefined>;
}

export type Result<T, E extends Error = Error> = { value: T; kept: string; error?: E };

export enum Level {
  Low = 1,
  Middle,
  High = Middle << 1,
}
