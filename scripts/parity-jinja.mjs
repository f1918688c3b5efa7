// Compares the template language with recorded results of the reference: the value and its Python type.
import { readFileSync } from "node:fs";
import { literalOf } from "../dist/connectors/airbyte-manifest/jinja/interpolate.js";
import { fromJson, toJson } from "../dist/connectors/airbyte-manifest/jinja/json.js";
import { compileTemplate, renderText } from "../dist/connectors/airbyte-manifest/jinja/template.js";
import { typeName } from "../dist/connectors/airbyte-manifest/jinja/values/type-name.js";

const file = process.argv[2];
if (file === undefined) {
  console.error("usage: npm run parity:jinja -- FILE");
  process.exit(2);
}
const tests = fromJson(readFileSync(file, "utf8"));
const clock = clockOf(tests);

let passed = 0;
let failed = 0;
for (const [at, test] of tests.entries()) {
  const difference = compare(test);
  if (difference === undefined) passed++;
  else {
    failed++;
    console.log(`#${at} ${JSON.stringify(test.get("t"))}\n    context ${toJson(test.get("ctx"))}\n    ${difference}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** The clock that the cases were recorded with, which the case of `now_utc()` alone tells; else the one agreed upon. */
function clockOf(tests) {
  const recorded = tests.find((test) => test.get("t") === "{{ now_utc() }}")?.get("f");
  const [, seconds, micros = "0"] = /^([^.+]*)(?:\.(\d{6}))?\+00:00$/.exec(recorded ?? "2024-03-10T12:00:00+00:00");
  const milliseconds = Date.parse(`${seconds.replace(" ", "T")}Z`) + Number(micros) / 1000;
  return () => milliseconds;
}

/** What differs, as a line; undefined where nothing does. A recorded error asks for an error of the same class. */
function compare(test) {
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
