import { ConfigError } from "../../../sdk/index.js";
import { jsonByte } from "../../../sdk/json/json-scan.js";
import type { DataFile } from "../files/source-file.js";
import { ambiguous, type JsonFraming } from "./json-framing.js";
import { type JsonRun, jsonInput } from "./json-input.js";

/**
 * The records of a JSON file in runs: those of one run are at hand, and between two of them nobody waits. No more of the
 * file is in memory than one record needs.
 * @throws DataError `file.json`, `file.encoding`, `file.record_too_large` naming the line · ConfigError
 *   `file.records_not_found`, `file.records_ambiguous`
 */
export async function* jsonRecords(
  file: DataFile,
  framing: JsonFraming,
  maxRecordBytes: number,
): AsyncGenerator<JsonRun> {
  const input = jsonInput(file, maxRecordBytes);
  try {
    await input.begin();
    if (framing.kind === "sequence") {
      while (await input.more()) {
        yield input.atHand(undefined);
        if (await input.more()) yield await input.record();
      }
    } else {
      yield* arrayAt(input, framing, 0);
      if (await input.more()) throw input.problem(input.at, "something after the end of the document");
    }
  } finally {
    await input.close();
  }
}

type Input = ReturnType<typeof jsonInput>;
type ArrayFraming = Extract<JsonFraming, { kind: "array" }>;

/** The records below the path from `depth` on; the value at the current position is consumed whole. */
async function* arrayAt(input: Input, framing: ArrayFraming, depth: number): AsyncGenerator<JsonRun> {
  if (depth === framing.path.length) {
    if ((await input.peek()) !== jsonByte.openBracket) throw notFound(input.file, framing.path);
    yield* items(input);
    return;
  }
  if ((await input.peek()) !== jsonByte.openBrace) throw notFound(input.file, framing.path);
  let found = false;
  for await (const key of members(input)) {
    if (key === framing.path[depth] && !found) {
      found = true;
      yield* arrayAt(input, framing, depth + 1);
    } else if (depth === 0 && framing.chosen === "by_content" && (await input.atArrayOfObjects())) {
      throw ambiguous(input.file, [framing.path[0]!, key]);
    } else await input.value();
  }
  if (!found) throw notFound(input.file, framing.path);
}

async function* items(input: Input): AsyncGenerator<JsonRun> {
  input.skip();
  if ((await input.peek()) === jsonByte.closeBracket) return input.skip();
  for (;;) {
    yield input.atHand(jsonByte.comma);
    yield await input.record();
    const next = await input.peek();
    input.skip();
    if (next === jsonByte.closeBracket) return;
    if (next !== jsonByte.comma) throw input.problem(input.at - 1, "no comma between two items");
  }
}

/** The keys of an object; behind each the position is at its value, which must be consumed. */
async function* members(input: Input): AsyncGenerator<string> {
  input.skip();
  if ((await input.peek()) === jsonByte.closeBrace) return input.skip();
  for (;;) {
    yield await input.key();
    const next = await input.peek();
    input.skip();
    if (next === jsonByte.closeBrace) return;
    if (next !== jsonByte.comma) throw input.problem(input.at - 1, "no comma between two members");
  }
}

function notFound(file: DataFile, path: readonly string[]): ConfigError {
  const name = path.length === 0 ? "the document" : `'${path.join(".")}'`;
  return new ConfigError("file.records_not_found", `${file.name}: ${name} is no array`, {
    hint: "set json.records to the path of the array that holds the records",
  });
}
