import { z } from "zod";
import { ConfigError } from "../../sdk/errors.js";
import type { Json } from "../../sdk/json.js";
import type { CheckpointMessage } from "../../sdk/messages.js";

const transactionId = z.string().regex(/^\d+$/);

/** Where a read ended, as it stands in a checkpoint. */
const readState = z.strictObject({
  version: z.literal(1),
  /** The server and the table that the snapshot speaks of. */
  system: z.string().optional(),
  relation: z.number().int().optional(),
  /** The file of a table's storage, where it has one. */
  file_node: z.number().int().optional(),
  /** What the read saw; rows that it did not are new. Absent for views and queries, whose rows have no transaction. */
  snapshot: z
    .string()
    .regex(/^\d+:\d+:[\d,]*$/)
    .optional(),
  /** Whether no other transaction was open then. */
  quiet: z.boolean().default(false),
  /** Ranges of transactions between the snapshot's xmin and xmax whose rows it saw; kept where no row may come twice. */
  seen: z.array(z.tuple([transactionId, transactionId])).default([]),
  cursor_field: z.string().optional(),
  /** The greatest cursor value that came, in the server's text. */
  bound: z.string().nullable().default(null),
  /** How often each row at the bound has come, by a digest of the row; kept where no row may come twice. */
  ties: z.record(z.string(), z.number().int().positive()).optional(),
  /** A first read that is not finished. */
  loading: z
    .strictObject({
      /** What was selected: another selection starts over. */
      selection: z.string(),
      /** Blocks a chunk. */
      blocks: z.number().int(),
      /** oid, file and blocks of each heap when the plan was made. */
      heaps: z.array(z.tuple([z.number().int(), z.number().int(), z.number().int()])),
      /** Indexes of the chunks that have come whole. */
      done: z.array(z.number().int()),
      /** The greatest cursor value so far, as a number. */
      greatest: z
        .string()
        .regex(/^-?\d+$/)
        .optional(),
    })
    .optional(),
});

export type ReadState = z.output<typeof readState>;

/** The message that offers a state. */
export function checkpoint(state: z.input<typeof readState>): CheckpointMessage {
  return { type: "checkpoint", state: JSON.parse(JSON.stringify(state)) as Json };
}

/** @throws ConfigError `state.invalid` for what no checkpoint of this source looks like */
export function parseState(state: Json | undefined, stream: string): ReadState | undefined {
  if (state === undefined) return undefined;
  const parsed = readState.safeParse(state);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    "state.invalid",
    `${stream}: the state cannot be understood: ${z.prettifyError(parsed.error)}`,
    {
      hint: "reset the state of this stream, or set one that was exported from it",
      stream,
    },
  );
}
