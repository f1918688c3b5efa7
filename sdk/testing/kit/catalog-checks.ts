import { SluiceError } from "../../errors.js";
import { formatType } from "../../schema/column-type.js";
import { type Catalog, type Stream, streamId } from "../../schema/stream.js";
import { readRequest, readStream } from "../read-stream.js";
import type { Check } from "./check.js";
import { type Bench, errorText } from "./subject.js";
import { expect, Finding } from "./verdict.js";

/** What is asked of `check` and `discover`. */
export const catalogChecks: readonly Check<Bench>[] = [
  {
    name: "check passes",
    advice: "if the system can be reached with this config, repair check; else the config",
    async run(bench) {
      await bench.open((source) => source.check()).catch((error) => fail(error));
    },
  },
  {
    name: "discover describes streams",
    advice: "every stream needs a name of its own, columns, a read mode, and keys and cursors that are columns",
    async run(bench) {
      const { streams } = await discovered(bench);
      expect(streams.length > 0, "there is no stream");
      const ids = streams.map(streamId);
      const twin = ids.find((id, i) => ids.indexOf(id) !== i);
      expect(twin === undefined, `two streams are named '${twin}'`);
      streams.forEach(expectSound);
    },
  },
  {
    name: "discover says the same twice",
    advice: "names, types and order must not depend on chance or on what was read before",
    async run(bench) {
      const [first, second] = [await discovered(bench), await discovered(bench)];
      const texts = [first, second].map(({ streams }) => streams.map(summary).join("\n"));
      expect(texts[0] === texts[1], firstDifference(texts[0]!, texts[1]!));
    },
  },
  {
    name: "discover gives the streams asked for",
    advice: "where request.streams is given, return those it names (* stands for any characters), and no others",
    async run(bench) {
      const [first] = (await discovered(bench)).streams;
      if (first === undefined) return;
      const id = streamId(first);
      const only = await bench.open((source) => source.discover({ streams: [id] }));
      const found = only.streams.map(streamId);
      expect(found.length === 1 && found[0] === id, `asked for '${id}', it gave ${found.join(", ") || "nothing"}`);
    },
  },
  {
    name: "a stream that is not there is told",
    advice: "throw a ConfigError that names the stream and those there are",
    async run(bench) {
      const [first] = (await discovered(bench)).streams;
      if (first === undefined) return;
      const missing = { ...first, name: "no_such_stream" };
      const thrown: unknown = await bench
        .open((source) => readStream(source, readRequest(missing)))
        .then(
          () => undefined,
          (error: unknown) => error,
        );
      expect(thrown !== undefined, "reading 'no_such_stream' ends well");
      expect(thrown instanceof SluiceError && thrown.kind !== "system", `it is told as: ${errorText(thrown)}`);
    },
  },
];

/** What there is, with types by every value, so that reads need not correct them. */
export function discovered(bench: Bench): Promise<Catalog> {
  const request = { inference: "exhaustive" as const, ...(bench.streams && { streams: bench.streams }) };
  return bench.open((source) => source.discover(request)).catch((error) => fail(error));
}

function fail(error: unknown): never {
  throw new Finding(errorText(error));
}

function expectSound(stream: Stream): void {
  const id = streamId(stream);
  const names = stream.columns.map(({ name }) => name);
  expect(names.length > 0, `'${id}' has no columns`);
  const twin = names.find((name, i) => names.indexOf(name) !== i);
  expect(twin === undefined, `'${id}' has two columns named '${twin}'`);
  for (const name of [...stream.primaryKey, ...stream.cursorFields]) {
    expect(names.includes(name), `'${id}' names '${name}' as key or cursor, which is no column`);
  }
  expect(stream.readModes.length > 0, `'${id}' has no read mode`);
}

function summary(stream: Stream): string {
  const columns = stream.columns.map(({ name, type }) => `${name} ${formatType(type)}`);
  return `${streamId(stream)}: ${columns.join(", ")}; key ${stream.primaryKey.join(", ")}`;
}

function firstDifference(a: string, b: string): string {
  const [before, after] = [a.split("\n"), b.split("\n")];
  const at = before.findIndex((line, i) => line !== after[i]);
  return `first ${before[at] ?? "fewer streams"}; then ${after[at] ?? "fewer streams"}`;
}
