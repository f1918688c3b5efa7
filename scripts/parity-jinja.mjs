/** Compares the template language with recorded results of the reference: `npm run parity:jinja -- FILE [--clock INSTANT]`. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { fromJson, toJson } from "../dist/connectors/airbyte-manifest/jinja/json.js";
import { clockAt, templateDifference } from "../dist/connectors/airbyte-manifest/jinja/parity-case.js";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { clock: { type: "string" } } });
const [file] = positionals;
if (file === undefined) {
  console.error("usage: npm run parity:jinja -- FILE [--clock 2024-03-10T12:00:00Z]");
  process.exit(2);
}
// A file does not say when it was recorded: of the clocks in use the one that fits it best is taken.
const clocks = values.clock === undefined ? ["2024-03-05T06:07:08.123456Z", "2024-03-10T12:00:00Z"] : [values.clock];
const cases = fromJson(readFileSync(file, "utf8"));

const results = clocks.map((text) => {
  const clock = clockAt(text);
  return { text, differences: cases.map((recorded) => templateDifference(recorded, clock)) };
});
const failures = ({ differences }) => differences.filter((difference) => difference !== undefined).length;
const best = results.reduce((a, b) => (failures(b) < failures(a) ? b : a));
for (const [at, difference] of best.differences.entries()) {
  if (difference === undefined) continue;
  const recorded = cases[at];
  const context = toJson(recorded.get("ctx"));
  console.log(`#${at} ${JSON.stringify(recorded.get("t"))}\n    context ${context}\n    ${difference}`);
}
console.log(`clock ${best.text}`);
console.log(`${cases.length - failures(best)} passed, ${failures(best)} failed`);
process.exitCode = failures(best) === 0 ? 0 : 1;
