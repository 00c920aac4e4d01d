import type { KinesisStreamRecord } from "aws-lambda";
import { viewOf } from "./view.ts";

/** How often each page was looked at. */
export type Counts = Record<string, number>;

/** What Lambda hands over of a tumbling window. */
export interface WindowEvent {
  Records: { kinesis: Pick<KinesisStreamRecord["kinesis"], "data" | "sequenceNumber"> }[];
  state?: Counts;
  window?: { start: string; end: string };
  isFinalInvokeForWindow?: boolean;
}

export interface WindowAnswer {
  state: Counts;
  batchItemFailures: { itemIdentifier: string }[];
}

/**
 * Adds the views of a batch to those of the window so far.
 *
 * The first record that is no view ends the batch: Lambda hands it and all behind it over again, in their order.
 */
export const handler = async (event: WindowEvent): Promise<WindowAnswer> => {
  const state: Counts = { ...event.state };
  for (const { kinesis } of event.Records) {
    try {
      const { page } = viewOf(kinesis.data);
      state[page] = (state[page] ?? 0) + 1;
    } catch (error: unknown) {
      if (!(error instanceof TypeError)) throw error;
      console.error({ message: "no view", record: kinesis.sequenceNumber, reason: error.message });
      return { state, batchItemFailures: [{ itemIdentifier: kinesis.sequenceNumber }] };
    }
  }
  if (event.isFinalInvokeForWindow) {
    // Keep or send the result of the minute here.
    console.info({ message: "views", from: event.window?.start, to: event.window?.end, pages: state });
  }
  return { state, batchItemFailures: [] };
};
