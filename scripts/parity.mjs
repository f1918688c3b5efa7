/** Replays recorded runs of Airbyte's low-code manifests: `npm run parity -- --manifests DIR --catalogs DIR --tapes DIR [--json FILE]`. */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { replay } from "../dist/connectors/airbyte-manifest/parity/replay.js";

const text = { type: "string" };
const { values } = parseArgs({ options: { manifests: text, catalogs: text, tapes: text, json: text } });
const { manifests, catalogs, tapes, json } = values;
if (manifests === undefined || catalogs === undefined || tapes === undefined) {
  console.error("usage: npm run parity -- --manifests DIR --catalogs DIR --tapes DIR [--json FILE]");
  process.exit(2);
}

const connectors = [];
let passed = 0;
let failed = 0;
for await (const connector of replay({ manifests, catalogs, tapes })) {
  const bad = connector.runs.filter(({ differences }) => differences.length > 0);
  passed += connector.runs.length - bad.length;
  failed += bad.length;
  connectors.push(connector);
  const told = bad.map(
    ({ stream, mode, differences }) => `${stream} (${mode}): ${differences.map(shortened).join("; ")}`,
  );
  console.log(`${connector.name}: ${bad.length === 0 ? `${connector.runs.length} as recorded` : told.join(" | ")}`);
}
if (json !== undefined) await writeFile(json, `${JSON.stringify({ passed, failed, connectors }, null, 2)}\n`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function shortened(difference) {
  return difference.length > 600 ? `${difference.slice(0, 600)}…` : difference;
}
