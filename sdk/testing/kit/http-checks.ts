import { SluiceError } from "../../errors.js";
import { rawText } from "../../raw-json.js";
import type { Check } from "./check.js";
import type { Fault } from "./faulty-transport.js";
import { expectSameRows, readAll, type StreamTrial } from "./stream-trial.js";
import { errorText } from "./subject.js";
import { expect, NotApplicable } from "./verdict.js";

/** Requests that a connector may have sent ahead of what is taken. */
const mostAhead = 4;

/** What is asked of a connector that speaks HTTP by the SDK's client. */
export const httpChecks: readonly Check<StreamTrial>[] = [
  {
    name: "waits as long as a 429 asks",
    advice:
      "let the SDK's client retry: it heeds Retry-After; a loop of your own must wait as long before the next request",
    async run(trial) {
      const answer = { status: 429, headers: { "retry-after": "1" }, body: "slow down" };
      const sent = await withFault(trial, { answer }, "after a 429");
      const [first, second] = sent;
      const waited = second === undefined ? 0 : second.at - first!.at;
      expect(waited >= 950, `it asked again after ${Math.round(waited)} ms, though the server said 1 second`);
    },
  },
  {
    name: "asks again after a 503",
    advice: "a failed page is asked for again or fails the read: never catch an error and go on without the page",
    run: async (trial) => void (await withFault(trial, { answer: { status: 503, body: "busy" } }, "after a 503")),
  },
  {
    name: "asks again after a cut connection",
    advice: "a failed page is asked for again or fails the read: never catch an error and go on without the page",
    run: async (trial) => void (await withFault(trial, { cut: true }, "after a cut connection")),
  },
  {
    name: "takes no truncated answer for a whole one",
    advice:
      "parse the whole body, and let a SyntaxError fail or repeat the request: never take what could be read of it",
    run: async (trial) => void (await withFault(trial, { truncate: true }, "after a truncated answer")),
  },
  {
    name: "says that its login is refused",
    advice: "a 401 is a ConfigError: only the user can act, and repeating does not help",
    async run(trial) {
      const answer = { status: 401, json: { message: "bad credentials" } };
      const thrown = await trial
        .open(async (source, request) => drain(source.read(request())), { faultOf: () => ({ answer }) })
        .then(
          () => undefined,
          (error: unknown) => error,
        );
      expect(thrown !== undefined, "the read ends well though every answer is a 401");
      expect(thrown instanceof SluiceError && thrown.kind === "config", `it is told as: ${errorText(thrown)}`);
    },
  },
  {
    name: "lives with members it does not know",
    advice: "servers add members at any time: leave them out, or let them be inferred, and never lose the row",
    async run({ open, stream, whole }) {
      const known = new Set(stream.columns.map(({ name }) => name));
      const read = await open((source, request) => readAll(source, request({ newColumns: { wanted: false } })), {
        faultOf: () => ({ change: withProbe }),
      });
      const rows = read.rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => known.has(name))));
      if (JSON.stringify(rows).includes(probe)) throw new NotApplicable("its columns hold whole documents");
      expectSameRows(rows, whole.rows, "with a new member in every record");
    },
  },
  {
    name: "reads no further than it is asked",
    advice: "yield each page when it has come, before the next is asked for: a long stream must not stand in memory",
    async run({ open }) {
      await open(async (source, request, { sent }) => {
        const before = sent.length;
        const messages = source.read(request({ batch: { rows: 1, bytes: 1024 } }))[Symbol.asyncIterator]();
        await messages.next();
        await new Promise((resolve) => setTimeout(resolve, 200));
        const ahead = sent.length - before;
        let rest = await messages.next();
        while (!rest.done) rest = await messages.next();
        const total = sent.length - before;
        if (total <= mostAhead) throw new NotApplicable(`it takes ${total} requests: too few to tell`);
        expect(ahead <= mostAhead, `${ahead} of ${total} requests were sent before the first batch was taken`);
      });
    },
  },
];

/** Reads with a fault in each of the first requests in turn; the rows must be as ever. Returns the last read's requests. */
async function withFault({ open, whole }: StreamTrial, fault: Fault, when: string) {
  const count = await open(async (source, request, { sent }) => {
    await readAll(source, request());
    return sent.length;
  });
  if (count === 0) throw new NotApplicable("it sends no request by the SDK's client");
  const faulty = Math.min(count, 2) - 1;
  return open(
    async (source, request, { sent }) => {
      const { rows } = await readAll(source, request());
      expectSameRows(rows, whole.rows, when);
      return sent.slice(faulty);
    },
    { faultOf: (number) => (number === faulty ? fault : undefined) },
  );
}

async function drain(messages: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of messages);
}

const probe = "sluice_probe";

/** A document with a new member in every object of its lists. */
function withProbe(document: unknown): unknown {
  if (Array.isArray(document)) return document.map((item) => (isRecord(item) ? { ...item, [probe]: true } : item));
  if (!isRecord(document)) return document;
  return Object.fromEntries(
    Object.entries(document).map(([name, member]) => [name, Array.isArray(member) ? withProbe(member) : member]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && rawText(value) === undefined;
}
