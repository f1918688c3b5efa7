import { deflateRawSync, inflateRawSync } from "node:zlib";
import { SystemError } from "../errors.js";
import type { JsonObject } from "../json.js";

/** The states of many parents, held as small as they can be: there may be a hundred thousand of them. */
export interface PartitionStates {
  readonly size: number;
  get(key: string): JsonObject | undefined;
  set(key: string, state: JsonObject): void;
  /** All of them as a state is saved: `{ partitions: { key: state } }`, and packed from the thousandth on. */
  saved(): JsonObject;
}

/** What was saved of more parents than a person looks through: their states as JSON, deflated (RFC 1951), in base64. */
interface Packed {
  /** How many they are. */
  readonly partitions: number;
  readonly packed: string;
}

const mostPlain = 1000;

/** @throws SystemError `rows.state_unreadable` where what was packed is damaged */
export function partitionStates(saved: JsonObject | undefined): PartitionStates {
  const texts = new Map<string, string>();
  for (const [key, state] of Object.entries(savedStates(saved))) texts.set(key, JSON.stringify(state));

  function json(): string {
    const members = Array.from(texts, ([key, text]) => `${JSON.stringify(key)}:${text}`);
    return `{${members.join(",")}}`;
  }

  return {
    get size() {
      return texts.size;
    },
    get(key) {
      const text = texts.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as JsonObject);
    },
    set: (key, state) => void texts.set(key, JSON.stringify(state)),
    saved() {
      if (texts.size <= mostPlain) return { partitions: JSON.parse(json()) };
      return { partitions: texts.size, packed: deflateRawSync(json(), { level: 1 }).toString("base64") };
    },
  };
}

function savedStates(saved: JsonObject | undefined): JsonObject {
  const { partitions = {}, packed } = (saved ?? {}) as Partial<Packed> & { partitions?: JsonObject | number };
  if (packed === undefined) return partitions as JsonObject;
  try {
    return JSON.parse(inflateRawSync(Buffer.from(packed, "base64")).toString("utf8")) as JsonObject;
  } catch (cause) {
    throw new SystemError("rows.state_unreadable", "the saved states of the parents cannot be unpacked", {
      hint: "`sluice state reset` reads the stream from the beginning; `sluice state rewind` goes back to an earlier load",
      cause,
    });
  }
}
