import { streamId } from "../../schema/stream.js";
import type { OpenSource, ReadRequest } from "../../source.js";
import { readRequest, type StreamRead } from "../read-stream.js";
import { catalogChecks, discovered } from "./catalog-checks.js";
import type { Check } from "./check.js";
import { configChecks } from "./config-checks.js";
import { httpChecks } from "./http-checks.js";
import { readChecks } from "./read-checks.js";
import { resumeChecks } from "./resume-checks.js";
import { readAll, type StreamTrial, shown, streamTrial } from "./stream-trial.js";
import { type Bench, errorText, type KitSubject, openBench } from "./subject.js";
import { expect, NotApplicable, type Verdict } from "./verdict.js";

export interface KitOptions {
  /** Only checks whose name has this text. */
  readonly only?: string;
}

const fullRead = {
  name: "a full read gives rows that are what they say",
  advice:
    "every value must fit its column's type: correct the declared type, or convert the value where the row is made",
};

const noLeak: Check<Bench> = {
  name: "no secret is told",
  advice:
    "hand secret.reveal() to the client and nowhere else: no log line, message, URL of an error or state may have it",
  async run({ said, secrets }) {
    if (secrets.length === 0) throw new NotApplicable("the config has no secret");
    const leak = said.find((text) => secrets.some((secret) => text.includes(secret)));
    expect(
      leak === undefined,
      `a secret stands in: ${secrets.reduce((text, one) => text.replaceAll(one, "[secret]"), leak ?? "")}`,
    );
  },
};

/**
 * Tries a connector against a system: everything that a source promises and that can be seen from outside. Each verdict
 * comes as soon as it is found; what needs something that failed before is left out.
 */
export async function* runKit(subject: KitSubject, { only = "" }: KitOptions = {}): AsyncGenerator<Verdict, void> {
  const bench = openBench(subject);
  const wanted = <Scope>(checks: readonly Check<Scope>[]) => checks.filter(({ name }) => name.includes(only));
  for (const check of wanted(configChecks)) yield await judged(check, bench);
  if (!subject.source.config.safeParse(subject.config).success) return;
  for (const check of wanted(catalogChecks)) yield await judged(check, bench);
  const catalog = await discovered(bench).catch(() => ({ streams: [] }));
  for (const stream of catalog.streams) {
    const id = streamId(stream);
    let whole: StreamRead | undefined;
    const readFully: Check<Bench> = {
      ...fullRead,
      async run() {
        whole = await bench.open((source) => readAll(capped(source, bench.mostRows), readRequest(stream)));
        bench.said.push(...whole.checkpoints.map(({ state }) => JSON.stringify(state)));
        if (whole.rows.length === 0) throw new NotApplicable("it has no rows: nothing more can be seen of it");
      },
    };
    const verdict = await judged(readFully, bench, id);
    if (readFully.name.includes(only) || verdict.outcome !== "passed") yield verdict;
    if (whole === undefined || verdict.outcome !== "passed") continue;
    const trial = streamTrial(bench, stream, whole);
    for (const check of wanted<StreamTrial>([...readChecks, ...resumeChecks, ...httpChecks])) {
      yield await judged(check, trial, id);
    }
  }
  for (const check of wanted([noLeak])) yield await judged(check, bench);
}

async function judged<Scope>({ name, advice, run }: Check<Scope>, scope: Scope, stream?: string): Promise<Verdict> {
  const about = { check: name, ...(stream === undefined ? {} : { stream }) };
  try {
    await run(scope);
    return { ...about, outcome: "passed" };
  } catch (error) {
    if (error instanceof NotApplicable) return { ...about, outcome: "skipped", found: error.message };
    return { ...about, outcome: "failed", found: errorText(error), advice };
  }
}

/** A source whose reads give up on a stream that is too long to be tried as a whole. */
function capped(source: OpenSource, most: number): OpenSource {
  return {
    ...source,
    async *read(request: ReadRequest) {
      let rows = 0;
      for await (const message of source.read(request)) {
        if (message.type === "batch") rows += message.batch.rows;
        if (rows > most) {
          throw new NotApplicable(`it has more than ${shown(most)} rows: take a shorter stream, or raise the limit`);
        }
        yield message;
      }
    },
  };
}
