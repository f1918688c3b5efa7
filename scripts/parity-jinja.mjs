// Compares the template language with recorded results of the reference: the value and its Python type.
import { readFileSync } from "node:fs";
import { literalOf } from "../dist/connectors/airbyte-manifest/jinja/interpolate.js";
import { fromJson, toJson } from "../dist/connectors/airbyte-manifest/jinja/json.js";
import { compileTemplate, renderText } from "../dist/connectors/airbyte-manifest/jinja/template.js";
import { typeName } from "../dist/connectors/airbyte-manifest/jinja/values/type-name.js";

const [file, option, instant] = process.argv.slice(2);
if (file === undefined || (option !== undefined && (option !== "--clock" || instant === undefined))) {
  console.error("usage: npm run parity:jinja -- FILE [--clock 2024-03-10T12:00:00Z]");
  process.exit(2);
}
// A file does not say when it was recorded: of the clocks in use the one that fits it best is taken.
const clocks = instant === undefined ? ["2024-03-05T06:07:08.123456Z", "2024-03-10T12:00:00Z"] : [instant];
const tests = fromJson(readFileSync(file, "utf8"));

const results = clocks.map((text) => {
  const clock = clockAt(text);
  return { text, differences: tests.map((test) => compare(test, clock)) };
});
const failures = ({ differences }) => differences.filter((difference) => difference !== undefined).length;
const best = results.reduce((a, b) => (failures(b) < failures(a) ? b : a));
for (const [at, difference] of best.differences.entries()) {
  if (difference === undefined) continue;
  const test = tests[at];
  console.log(`#${at} ${JSON.stringify(test.get("t"))}\n    context ${toJson(test.get("ctx"))}\n    ${difference}`);
}
console.log(`clock ${best.text}`);
console.log(`${tests.length - failures(best)} passed, ${failures(best)} failed`);
process.exitCode = failures(best) === 0 ? 0 : 1;

/** A clock that stands still; a Date keeps milliseconds only, the clock the microseconds after them too. */
function clockAt(text) {
  const micros = /\.\d{3}(\d{1,3})/.exec(text)?.[1] ?? "0";
  const milliseconds = Date.parse(text) + Number(micros.padEnd(3, "0")) / 1000;
  return () => milliseconds;
}

/** What differs, as a line; undefined where nothing does. A recorded error asks for an error of the same class. */
function compare(test, clock) {
  const error = test.get("err");
  const expected = error === undefined ? `${test.get("ft")} ${toJson(test.get("f"))}` : error;
  try {
    const rendered = renderText(compileTemplate(test.get("t")), Object.fromEntries(test.get("ctx")), { clock });
    const value = literalOf(rendered);
    const got = `${typeName(value)} ${toJson(value)}`;
    if (error === undefined && rendered === test.get("r") && got === expected) return undefined;
    return `expected ${expected}, got ${got} from ${JSON.stringify(rendered)}`;
  } catch (thrown) {
    const kind = thrown.code === "template.undefined_variable" ? "ValueError" : (thrown.cause?.type ?? thrown.code);
    return error?.startsWith(`${kind}:`) ? undefined : `expected ${expected}, got ${thrown.message}`;
  }
}
