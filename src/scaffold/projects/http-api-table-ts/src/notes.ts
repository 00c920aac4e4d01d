import { randomUUID } from "node:crypto";
import { objectOf, reply, type Answer, type Request } from "./http.ts";

const MAX_TEXT = 1000;
const MAX_PAGE = 100;

export interface Note {
  id: string;
  text: string;
  createdAt: string;
}

/** Some of the notes. `next` is there when more may follow. */
export interface Page {
  notes: Note[];
  next?: string;
}

/** Where notes are kept: `table.ts`, or memory in the unit tests. */
export interface Table {
  put(note: Note): Promise<void>;
  find(id: string): Promise<Note | undefined>;
  page(limit: number, after?: string): Promise<Page>;
}

type Function = (request: Request) => Promise<Answer>;

/**
 * The functions behind `/notes`, for the table that `open` gives.
 *
 * The table is opened by the first request that needs it: a request that is refused never waits for the AWS SDK
 * to load, and the unit tests hand in a table of their own.
 */
export const functionsFor = (open: () => Promise<Table>): Record<"create" | "read" | "list", Function> => ({
  /** POST /notes with { "text": "…" } */
  create: async (request) => {
    const text = objectOf(request)?.text;
    if (typeof text !== "string" || text === "" || text.length > MAX_TEXT) {
      return reply(400, { message: `text must be a string of 1 to ${MAX_TEXT} characters` });
    }
    const note: Note = { id: randomUUID(), text, createdAt: new Date().toISOString() };
    const table = await open();
    await table.put(note);
    console.info({ message: "note created", id: note.id });
    return reply(201, note, { location: `/notes/${note.id}` });
  },

  /** GET /notes/{id} */
  read: async (request) => {
    const id = request.pathParameters?.id ?? "";
    const table = await open();
    const note = await table.find(id);
    return note ? reply(200, note) : reply(404, { message: `there is no note ${id}` });
  },

  /** GET /notes?limit=20&after=… */
  list: async (request) => {
    const { limit = "20", after } = request.queryStringParameters ?? {};
    const count = Number(limit);
    if (!Number.isInteger(count) || count < 1 || count > MAX_PAGE) {
      return reply(400, { message: `limit must be a number from 1 to ${MAX_PAGE}` });
    }
    const table = await open();
    return reply(200, await table.page(count, after));
  },
});

export const { create, read, list } = functionsFor(() => import("./table.ts"));
