// Writes docs/reference/ from the schemas in the code; with --check it only says whether the pages are stale.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { destinationPage, page, sourcePage } from "../dist/cli/connector/connector-page.js";
import { settingsTable } from "../dist/cli/connector/settings-table.js";
import { sources } from "../dist/connectors/index.js";
import { editorSchema } from "../dist/core/project/editor-schema.js";
import { projectSchema } from "../dist/core/project/project-schema.js";
import { destinations } from "../dist/destinations/index.js";
import { configJsonSchema } from "../dist/sdk/index.js";

const root = fileURLToPath(new URL("../docs/reference", import.meta.url));
const pages = await makePages();
if (process.argv.includes("--check")) check(pages);
else write(pages);

/** Every page, by its path in docs/reference. */
async function makePages() {
  const made = new Map();
  for (const [name, load] of Object.entries(sources)) {
    made.set(`sources/${name}.md`, sourcePage(await load(), introOf("source", name)));
  }
  for (const [name, load] of Object.entries(destinations)) {
    made.set(`destinations/${name}.md`, destinationPage(await load(), introOf("destination", name)));
  }
  const settings = settingsTable(configJsonSchema(projectSchema));
  made.set("project.md", page("`sluice.yaml`", ["Everything a project file may say.", settings]));
  made.set("sluice.schema.json", `${JSON.stringify(await editorSchema(sources, destinations), undefined, 2)}\n`);
  return made;
}

function introOf(kind, name) {
  return `The \`${name}\` ${kind}. What it promises and where its limits are: [connectors](../../connectors.md).`;
}

function write(made) {
  rmSync(root, { recursive: true, force: true });
  for (const [path, text] of made) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  console.log(`${made.size} pages in docs/reference`);
}

function check(made) {
  const found = existsSync(root) ? readdirSync(root, { recursive: true, withFileTypes: true }) : [];
  const files = found.filter((entry) => entry.isFile()).length;
  const stale = [...made].filter(([path, text]) => {
    const file = join(root, path);
    return !existsSync(file) || readFileSync(file, "utf8") !== text;
  });
  if (stale.length === 0 && files === made.size) return;
  const names = stale.map(([path]) => path).join(", ") || "pages of what is no longer there";
  console.error(`docs/reference is stale (${names}): run \`npm run docs\` and commit it`);
  process.exitCode = 1;
}
