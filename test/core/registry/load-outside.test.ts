import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { findDestination, findSource } from "../../../core/registry/find-connector.js";
import { withManifest } from "../../../core/registry/with-manifest.js";
import { DataError, errorRecord } from "../../../sdk/errors.js";
import type { Source } from "../../../sdk/source.js";
import { testContext } from "../../../sdk/testing/index.js";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A project folder with these files. */
function project(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), "sluice-outside-"));
  folders.push(dir);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  return dir;
}

const builtIn = { postgres: async () => ({ name: "postgres" }) };

const typescript = `
import { DataError, defineSource, secret, z } from "sluice/sdk";
import { greeting, type Greeting } from "./greeting.js";
enum Level { Low = 1 }
const late: Greeting = await Promise.resolve(greeting);
export default defineSource({
  name: "mine",
  title: late.text + Level.Low + import.meta.url.slice(0, 8),
  config: z.strictObject({ token: secret("Token") }),
  async open({ token }) {
    throw new DataError("mine.row", \`row 7 is broken, token \${token}\`, { hint: "mend it", row: "7", stream: "people" });
  },
});`;
const greeting = `export interface Greeting { readonly text: string }
export const greeting = { text: "hello" } satisfies Greeting;`;

test("a TypeScript file is a connector as it stands, with the files that it imports", async () => {
  const projectDir = project({ "sources/mine.ts": typescript, "sources/greeting.ts": greeting });
  const source = await findSource(builtIn, { connector: "./sources/mine.ts", projectDir });
  expect(source).toMatchObject({ name: "mine", title: "hello1file:///" });
});

test("an error of an outside connector keeps kind, code, hint and place, and its secrets", async () => {
  const projectDir = project({ "mine.ts": typescript, "greeting.ts": greeting });
  const source = await findSource<Source>({}, { connector: "mine.ts", projectDir });
  const context = testContext();
  const thrown: unknown = await source
    .open(source.config.parse({ token: "opensesame" }), context)
    .catch((error: unknown) => error);
  context.remove();
  expect(thrown).toBeInstanceOf(DataError);
  expect(errorRecord(thrown)).toMatchObject({
    kind: "data",
    code: "mine.row",
    message: "row 7 is broken, token [secret]",
    hint: "mend it",
    row: "7",
    stream: "people",
  });
});

test("an npm package may be TypeScript, or ES modules only, and is found from the project's folder", async () => {
  const projectDir = project({
    "node_modules/sluice-connector-x/package.json": `{ "name": "sluice-connector-x", "type": "module", "exports": "./index.ts" }`,
    "node_modules/sluice-connector-x/index.ts": typescript,
    "node_modules/sluice-connector-x/greeting.ts": greeting,
    "node_modules/@acme/y/package.json": `{ "name": "@acme/y", "type": "module", "exports": { "import": "./y.js" } }`,
    "node_modules/@acme/y/y.js": `import { defineSource, z } from "sluice/sdk"; export * from "./more.js";
      export default defineSource({ name: "y", title: "Y", config: z.strictObject({}), open: async () => { throw new Error() } });`,
    "node_modules/@acme/y/more.js": "export const more = 1;",
  });
  expect(await findSource(builtIn, { connector: "sluice-connector-x", projectDir })).toMatchObject({ name: "mine" });
  expect(await findSource(builtIn, { connector: "@acme/y", projectDir })).toMatchObject({ name: "y" });
});

test("an error of another copy of the SDK is told as what it is", async () => {
  const projectDir = project({ "mine.ts": `export { default } from "./bundled/connector.js";` });
  const sdk = dirname(fileURLToPath(import.meta.resolve("sluice/sdk")));
  cpSync(join(sdk, "errors.js"), join(projectDir, "bundled/errors.mjs"), { recursive: true });
  writeFileSync(
    join(projectDir, "bundled/connector.js"),
    `import { z } from "sluice/sdk"; import { TransientError } from "./errors.mjs";
     export default { name: "b", title: "B", config: z.object({}), open: async () => { throw new TransientError("b.busy", "busy", { hint: "wait" }); } };`,
  );
  const source = await findSource<Source>({}, { connector: "./mine.ts", projectDir });
  const thrown: unknown = await source.open({}, testContext()).catch((error: unknown) => error);
  expect(errorRecord(thrown)).toMatchObject({ kind: "transient", code: "b.busy", hint: "wait" });
});

const valid = `name: "x", title: "X", config: z.object({}), open: async () => {}`;

test.each([
  ["./none.ts", "connector.file_missing", /no file '.\/none.ts'/, /relative to the folder/],
  ["./syntax.ts", "connector.not_loaded", /Unexpected token.*syntax\.ts:1:9/s, /repair/],
  ["./needs.ts", "connector.not_loaded", /left-pad/, /npm install left-pad/],
  ["./throws.js", "connector.not_loaded", /no such planet/, /repair/],
  ["./empty.ts", "connector.invalid_export", /no default export/, /export default defineSource/],
  ["./function.js", "connector.invalid_export", /is function/, /export default defineSource/],
  ["./config.ts", "connector.invalid_export", /`config` is no zod schema/, /defineSource/],
  ["./open.ts", "connector.invalid_export", /`open` is no function/, /defineSource/],
  ["./destination.ts", "connector.invalid_export", /that is a destination/, /defineSource/],
  ["postgrs", "connector.unknown", /no source connector 'postgrs'/, /did you mean 'postgres'/],
  ["sluice-connector-z", "connector.unknown", /no source connector/, /npm install sluice-connector-z/],
])("%s cannot be a source: %s, with the fix", async (connector, code, message, hint) => {
  const head = `import { z } from "sluice/sdk";\n`;
  const projectDir = project({
    "syntax.ts": "const x: = 3;",
    "needs.ts": `import pad from "left-pad"; export default pad;`,
    "throws.js": `throw new Error("no such planet");`,
    "empty.ts": "export const x = 1;",
    "function.js": "export default () => {};",
    "config.ts": `export default { name: "x", config: {}, open: () => {} };`,
    "open.ts": `${head}export default { name: "x", config: z.object({}) };`,
    "destination.ts": `${head}export default { ${valid}, capabilities: {} };`,
  });
  await expect(findSource(builtIn, { connector, projectDir })).rejects.toMatchObject({
    kind: "config",
    code,
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
});

test("a destination may be outside too, and a source is none", async () => {
  const head = `import { z } from "sluice/sdk";\nexport default { ${valid}`;
  const projectDir = project({ "to.ts": `${head}, capabilities: { writeModes: [] } };`, "from.ts": `${head} };` });
  expect(await findDestination({}, { connector: "./to.ts", projectDir })).toMatchObject({ name: "x" });
  const found = findDestination({}, { connector: "./from.ts", projectDir });
  await expect(found).rejects.toMatchObject({ code: "connector.invalid_export", message: /has no `capabilities`/ });
});

test("a YAML file is an API described for rest, or a manifest of Airbyte's, as its first words say", () => {
  const projectDir = project({
    "api.yaml": "base_url: https://api.example\nstreams: {}\n",
    "manifest.yaml": "version: 6.0.0\ntype: DeclarativeSource\ndefinitions: { base_url: x }\n",
  });
  const entry = (connector: string) => withManifest({ connector, settings: { a: 1 } }, projectDir);
  expect(entry("./api.yaml")).toEqual({ connector: "rest", settings: { file: "./api.yaml", a: 1 } });
  expect(entry("manifest.yaml")).toMatchObject({
    connector: "airbyte-manifest",
    settings: { manifest: "manifest.yaml" },
  });
  expect(entry("./none.yaml")).toMatchObject({ connector: "airbyte-manifest" });
  expect(entry("./code.ts")).toEqual({ connector: "./code.ts", settings: { a: 1 } });
});
