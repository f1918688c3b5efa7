import type { Json, JsonObject } from "../json.js";
import { rawText } from "../raw-json.js";

const state = Symbol.for("sluice checkpoint");

/** A place in a stream that a later read can go on from: covers every row yielded before it. */
export interface Checkpoint {
  readonly [state]: JsonObject;
}

/** What a state may be written as: members that are undefined are left out. */
export type StateInput =
  | null
  | boolean
  | number
  | string
  | readonly StateInput[]
  | { readonly [key: string]: StateInput | undefined };

/**
 * Says that a later read which is given `position` as its state goes on after all rows yielded so far. It is data:
 * numbers with more digits than a JavaScript number holds become text.
 */
export function checkpoint(position: { readonly [key: string]: StateInput | undefined }): Checkpoint {
  return { [state]: plain(position) as JsonObject };
}

/** The position of a checkpoint; undefined for anything else. */
export function checkpointState(value: object): JsonObject | undefined {
  return state in value ? (value as Checkpoint)[state] : undefined;
}

function plain(value: StateInput): Json {
  if (typeof value !== "object" || value === null) return value;
  const raw = rawText(value);
  if (raw !== undefined) return raw;
  if (Array.isArray(value)) return value.map(plain);
  const members = Object.entries(value).filter((entry): entry is [string, StateInput] => entry[1] !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, plain(member)]));
}
