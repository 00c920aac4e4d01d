import { basename } from "node:path";
import type { Context } from "aws-lambda";
import greeting from "./greeting.json";
import { Store } from "./store";
import { Event, Level, Result } from "./types.js";
import { double } from "numbers/double";

interface Answer<T> extends Result<T> {
  readonly level: string;
  file?: string;
}

type Names = { [key in keyof typeof greeting]?: string };

function describe(level: Level): string;
function describe(level: Level, loud: boolean): string;
function describe(level: Level, loud = false): string {
  const name = Level[level] as string;
  return loud ? name.toUpperCase() : name;
}

const store = new Store<number>("numbers", 2);

export const handler = async (event: Event, context: Context): Promise<Answer<number[]>> => {
  for (const value of event.values ?? []) store.put(<number>double(value!));
  const names = { word: greeting.word } satisfies Names;
  return {
    value: store.all,
    level: describe(Level.High, true),
    file: basename(import.meta.url),
    kept: JSON.stringify(store),
    ...names,
    ...(context.functionName && { levels: Object.keys(Level) }),
  };
};
