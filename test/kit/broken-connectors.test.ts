import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import type { Source } from "../../sdk/source.js";
import { runKit } from "../../sdk/testing/index.js";
import { itemsServer, token } from "./items-server.js";

/** Each broken connector, the check that catches it, what it says, and what it tells the author to do. */
const broken: readonly (readonly [string, string, RegExp, RegExp])[] = [
  ["takes-any-setting", "config refuses unknown settings", /'no_such_setting' is taken/, /z\.strictObject/],
  ["says-nothing-of-its-settings", "config is documented", /depth/, /\.describe/],
  ["keeps-its-token-as-text", "config keeps its secrets", /token/, /secret\("…"\)/],
  ["tells-its-token", "no secret is told", /refuses \[secret\]/, /nowhere else/],
  ["describes-by-chance", "discover says the same twice", /items_.*then items_/, /not depend on chance/],
  ["names-no-key", "keys name rows", /two rows have the key/, /correct primaryKey/],
  ["declares-a-wrong-type", "a full read", /column 'name' \(int64\)/, /correct the declared type/],
  ["ignores-its-state", "a full read goes on", /resumed after \d+ rows.*too many/, /start at request\.state/],
  ["loses-ties", "an incremental read goes on", /resumed after \d+ rows.*missing/, />=, never >/],
  ["checkpoints-too-early", "a full read goes on", /resumed after \d+ rows.*missing/, /right after the rows/],
  ["swallows-errors", "asks again after a 503", /after a 503: \d+ rows are missing/, /never catch an error/],
  ["hurries", "waits as long as a 429 asks", /though the server said 1 second/, /Retry-After/],
  ["chokes-on-news", "lives with members", /sluice_probe/, /leave them out/],
  ["reads-everything-first", "reads no further", /6 of 6 requests/, /yield each page when it has come/],
  ["ends-without-a-checkpoint", "ends with a checkpoint", /last message is batch/, /nothing is committed/],
  ["gives-its-own-columns", "gives the columns asked for", /columns/, /in that order/],
  ["forgets-filters", "filters exactly", /id is_null.*8 rows are too many/, /every predicate/],
  ["fills-one-batch", "batches keep to their limits", /has 8/, /createPacker/],
  ["does-not-stop", "ends when it is told to", /did not end within 5 seconds/, /request\.signal/],
  ["keeps-a-date", "states are JSON", /state\.at is a Date/, /a Date, a bigint/],
];

test("every broken connector of the folder is tried", () => {
  const files = readdirSync(new URL("broken", import.meta.url)).map((file) => file.replace(".ts", ""));
  const tried = broken.map(([name]) => name);
  expect(files.filter((file) => !["settings", "full-form"].includes(file)).sort()).toEqual(tried.sort());
});

test.concurrent.each(broken)("%s is caught by '%s'", async (name, only, found, advice) => {
  const { default: source } = (await import(`./broken/${name}.ts`)) as { readonly default: Source };
  const failed = [];
  const leaks = only === "no secret is told";
  for await (const verdict of runKit({ source, config: { token }, server: itemsServer }, leaks ? {} : { only })) {
    if (verdict.outcome === "failed") failed.push(verdict);
  }
  const caught = failed.find(({ check }) => check.includes(only));
  expect(caught, JSON.stringify(failed)).toMatchObject({
    found: expect.stringMatching(found),
    advice: expect.stringMatching(advice),
  });
});
