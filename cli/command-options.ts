import { InvalidArgumentError, Option } from "commander";
import { parseSize } from "../core/project/size.js";
import { SluiceError } from "../sdk/errors.js";

export function readOption(): Option {
  return new Option("--read <mode>", "How to read (default: full_refresh)").choices(["full_refresh", "incremental"]);
}

export function writeOption(): Option {
  return new Option(
    "--write <mode>",
    "How to write (default: overwrite; incremental: merge by key, else append)",
  ).choices(["append", "overwrite", "merge", "scd2"]);
}

export function maxMemoryOption(): Option {
  return new Option("--max-memory <size>", "Peak memory of the process (default: 512MiB)").argParser(size);
}

export function setOption(): Option {
  const option = new Option("--set <name=value>", "A setting of a source that is a connector's file; repeatable");
  return option.argParser<string[]>((value, all = []) => [...all, value]).default([], "none");
}

export function collect(value: string, all: readonly string[] = []): string[] {
  return [...all, value];
}

export function columns(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), ...text.split(",").map((column) => column.trim())];
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError(`'${text}' is not a whole number`);
  return Number(text);
}

function size(text: string): number {
  try {
    return parseSize(text);
  } catch (error) {
    if (error instanceof SluiceError) throw new InvalidArgumentError(`${error.message}; ${error.hint}`);
    throw error;
  }
}
