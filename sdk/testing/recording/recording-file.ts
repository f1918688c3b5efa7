import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { ConfigError } from "../../errors.js";
import type { JsonObject } from "../../json.js";
import type { RecordedExchange, Recording } from "./recording.js";

/** What the first line says. */
interface Head {
  readonly sluice_recording: 1;
  readonly connector: string;
  readonly config: JsonObject;
  readonly streams?: readonly string[];
  readonly recorded_at: string;
}

/** Writes a recording as JSON lines: the head, then one exchange a line. */
export function writeRecording(file: string, { exchanges, recordedAt, ...about }: Recording): void {
  const head: Head = { sluice_recording: 1, ...about, recorded_at: recordedAt };
  const lines = exchanges.map(({ times = 1, ...exchange }) => (times === 1 ? exchange : { ...exchange, times }));
  const written = `${file}.${process.pid}.new`;
  writeFileSync(written, [head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(""));
  renameSync(written, file);
}

/** @throws ConfigError `recording.unreadable`, `recording.invalid` naming the line */
export function readRecording(file: string): Recording {
  const [head, ...exchanges] = textOf(file)
    .split("\n")
    .map((line, i) => ({ line, number: i + 1 }))
    .filter(({ line }) => line.trim() !== "")
    .map(({ line, number }) => parsed(line, `${basename(file)}, line ${number}`));
  if (!isHead(head)) {
    throw new ConfigError(
      "recording.invalid",
      `${basename(file)} is no recording: its first line is not the head of one`,
      {
        hint: "`sluice connector test … --record FILE` writes one",
      },
    );
  }
  const { connector, config, streams, recorded_at } = head;
  return {
    connector,
    config,
    ...(streams === undefined ? {} : { streams }),
    recordedAt: recorded_at,
    exchanges: exchanges as RecordedExchange[],
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ConfigError("recording.unreadable", `the recording '${file}' cannot be read: ${code}`, { cause });
  }
}

function parsed(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new ConfigError("recording.invalid", `${place}: this is not JSON`, { cause });
  }
}

function isHead(value: unknown): value is Head {
  return typeof value === "object" && value !== null && "sluice_recording" in value && "config" in value;
}
