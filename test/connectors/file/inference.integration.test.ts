import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { folderWith, isSluiceMismatch, load, type Taken } from "./file-source.js";

/** Texts that look like every type, and like none. */
const text = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -1000, max: 1000 }).map(String) },
  { weight: 3, arbitrary: fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: 0, max: 99_999 }))
      .map(([whole, fraction]) => `${whole}.${fraction}`),
  },
  { weight: 2, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
  { weight: 2, arbitrary: fc.stringMatching(/^-?[0-9]{0,25}(\.[0-9]{0,25})?$/) },
  {
    weight: 3,
    arbitrary: fc
      .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
      .map((d) => d.toISOString().slice(0, 10)),
  },
  {
    weight: 2,
    arbitrary: fc
      .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
      .map((d) => d.toISOString()),
  },
  {
    weight: 2,
    arbitrary: fc
      .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
      .map((d) => d.toISOString().slice(0, 19)),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...["007", "+5", "-0", "-0.0", ".5", "5.", "1e3", "1_000", "0x10", " 5", "5 ", "true", "True", "t", "2024-02-30"],
      ...[
        "2024-1-1",
        "epoch",
        "infinity",
        "NaN",
        "12:00:00",
        "2024-01-01 24:00:00",
        "2024-01-01 00:00:00.1234567",
        "x",
      ],
    ),
  },
);

/** A column tends to be of one kind. */
const column = fc.oneof(
  fc.array(fc.integer({ min: -1000, max: 1000 }).map(String), { minLength: 1, maxLength: 8 }),
  fc.array(text, { minLength: 1, maxLength: 8 }),
);

/** Whether the text of a value that was read stands for the same value as the text in the file. */
function sameValue(type: string, read: string | null, written: string): boolean {
  if (read === null) return written === "";
  if (type === "string") return read === written;
  if (type === "boolean") return read === written.toLowerCase();
  if (type === "int64") return read === written;
  if (type.startsWith("decimal")) return plain(read) === plain(written);
  if (type === "float64") return Object.is(Number(read), Number(written)) && significant(read) === significant(written);
  if (type === "date") return read === written;
  const instant = type === "timestamp" ? read.replace(/\+00$/, "Z") : `${read}Z`;
  const zoned = type === "timestamp" ? written : `${written.length === 10 ? `${written}T00:00:00` : written}Z`;
  return new Date(instant.replace(" ", "T")).getTime() === new Date(zoned.replace(" ", "T")).getTime();
}

function plain(number: string): string {
  const [, sign, whole, fraction = ""] = /^(-?)0*(\d*)(?:\.(\d*?))?0*$/.exec(
    number.includes(".") ? number : `${number}.`,
  )!;
  return `${sign}${whole}.${fraction}`;
}

function significant(number: string): string {
  return number
    .replace(/e.*$/i, "")
    .replace(/[-.]/g, "")
    .replace(/^0+|0+$/g, "");
}

async function outcome(run: Promise<Taken>): Promise<Taken | "mismatch"> {
  try {
    return await run;
  } catch (error) {
    if (isSluiceMismatch(error)) return "mismatch";
    throw error;
  }
}

describe("inference over CSV", () => {
  it("chooses types that hold every value exactly, whichever way the rows come", async () => {
    await fc.assert(
      fc.asyncProperty(column, async (values) => {
        const dir = await folderWith({ "t.csv": `v,k\n${values.map((value) => `${value},k\n`).join("")}` });
        const exhaustive = await load(dir, { path: "t.csv" }, { inference: "exhaustive" });
        const type = exhaustive.columns[0]!.replace("v:", "");
        expect(exhaustive.rows).toHaveLength(values.length);
        exhaustive.rows.forEach(([read], row) => {
          expect(sameValue(type, read!, values[row]!), `${values[row]} read as ${type} ${read}`).toBe(true);
        });
        const scanned = await load(dir, { path: "t.csv" }, { inference: "exhaustive", scans: true });
        expect([...scanned.rows].sort()).toEqual([...exhaustive.rows].sort());
      }),
      { numRuns: 25 },
    );
  });

  it("finds by the first values what it finds by all, or stops", async () => {
    await fc.assert(
      fc.asyncProperty(column, column, async (sampled, later) => {
        const head = Array.from({ length: 4096 }, (_, i) => `${sampled[i % sampled.length]},k\n`).join("");
        const tail = later.map((value) => `${value},k\n`).join("");
        const dir = await folderWith({ "t.csv": `v,k\n${head}${tail}` });
        const exhaustive = await load(dir, { path: "t.csv" }, { inference: "exhaustive" });
        for (const scans of [true, false]) {
          const optimistic = await outcome(load(dir, { path: "t.csv" }, { scans }));
          if (optimistic === "mismatch") continue;
          expect(optimistic.columns).toEqual(exhaustive.columns);
          expect([...optimistic.rows].sort()).toEqual([...exhaustive.rows].sort());
        }
      }),
      { numRuns: 4 },
    );
  });
});

const jsonNumber = fc.oneof(
  fc.integer().map(String),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? "-0.0" : String(value))),
  fc.tuple(fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: 0, max: 999 })).map(([a, b]) => `${a}.${b}`),
  fc.stringMatching(/^-?(0|[1-9][0-9]{0,22})(\.[0-9]{1,22})?(e[+-]?[0-9]{1,2})?$/),
);

const jsonValue = fc.oneof(
  { weight: 8, arbitrary: jsonNumber },
  { weight: 1, arbitrary: text.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.constantFrom("null", "true", '{"a":1.10}', '"\\u00e9"') },
);

describe("inference over JSON lines", () => {
  it("finds by the first values what it finds by all, or stops; scans and batches agree", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(jsonValue, { minLength: 1, maxLength: 6 }),
        fc.array(jsonValue, { minLength: 1, maxLength: 6 }),
        async (sampled, later) => {
          const head = Array.from({ length: 4096 }, (_, i) => `{"k":${i},"v":${sampled[i % sampled.length]}}\n`).join(
            "",
          );
          const tail = later.map((value, i) => `{"k":${4096 + i},"v":${value}}\n`).join("");
          const dir = await folderWith({ "t.jsonl": head + tail });
          const exhaustive = await load(dir, { path: "t.jsonl" }, { inference: "exhaustive" });
          for (const scans of [true, false]) {
            const optimistic = await outcome(load(dir, { path: "t.jsonl" }, { scans }));
            if (optimistic === "mismatch") continue;
            expect(optimistic.columns).toEqual(exhaustive.columns);
            expect([...optimistic.rows].sort()).toEqual([...exhaustive.rows].sort());
          }
        },
      ),
      {
        numRuns: 8,
        examples: [[["9223372036854775808", "1"], ["1e0"]]],
      },
    );
  });
});
