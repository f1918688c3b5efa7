// The command line as few files instead of hundreds: loading them, in three threads, was a third of a small sync.
import { chmodSync, copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";
import { rolldown } from "rolldown";
import { cacheOf, wrapped } from "./code-cache.cjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const program = `${root}program`;
// Each thread begins with a file that turns the code cache on: a worker's is found beside the chunk that starts it.
const threads = {
  "cli/main.js": "../chunks/main.js",
  "chunks/source-worker.js": "./source-thread.js",
  "chunks/engine-worker.js": "./engine-thread.js",
};
// The registry is found beside the folder of the command line. Tests run the command line, and a run alone, within
// processes of their own.
const bundle = await rolldown({
  cwd: root,
  input: {
    "cli/command-line": "dist/cli/command-line.js",
    "core/sync/run": "dist/core/sync/run.js",
    "destinations/index": "dist/destinations/index.js",
    "connectors/index": "dist/connectors/index.js",
    "chunks/main": "dist/cli/main.js",
    "chunks/source-thread": "dist/core/sync/source-worker.js",
    "chunks/engine-thread": "dist/sdk/sql/duckdb/engine-worker.js",
  },
  platform: "node",
  // Else every chunk that takes one name from the SDK loads all of it.
  treeshake: { moduleSideEffects: (id) => !id.endsWith("/dist/sdk/index.js") },
  plugins: [englishOnly(), neverAtCloudflare()],
  // DuckDB and libsql find their native libraries by their own place, jiti its compiler, knex its dialects; pg-native is optional and not used.
  external: [/^@duckdb\//, "pg-native", "jiti", /^knex/, "libsql"],
});
rmSync(program, { recursive: true, force: true });
// Node 20 takes half a millisecond more to load an ECMAScript module than a CommonJS one, and keeps no code of it.
await bundle.write({ dir: program, format: "cjs", chunkFileNames: "chunks/[name]-[hash].js" });
writeFileSync(`${program}/package.json`, `${JSON.stringify({ type: "commonjs", v8: process.versions.v8 })}\n`);
copyFileSync(`${root}scripts/code-cache.cjs`, `${program}/code-cache.cjs`);
cacheCode(`${program}/chunks`);
for (const [path, module] of Object.entries(threads)) {
  const isMain = path.startsWith("cli/");
  const start = isMain ? "#!/usr/bin/env node\n" : "";
  writeFileSync(`${program}/${path}`, `${start}require("../code-cache.cjs").useCodeCache();\nrequire("${module}");\n`);
  // npm links bin files as they are: the command line must be executable.
  if (isMain) chmodSync(`${program}/${path}`, 0o755);
}

/** Keeps what V8 makes of each module, of all its functions. A script that V8 has kept cannot import at run time: such modules have none. */
function cacheCode(folder) {
  for (const name of readdirSync(folder)) {
    const filename = `${folder}/${name}`;
    const content = readFileSync(filename, "utf8");
    if (importsAtRunTime(content)) continue;
    setFlagsFromString("--no-lazy");
    const script = new Script(wrapped(content), { filename });
    // V8 takes code only where its flags are those under which it was kept.
    setFlagsFromString("--lazy");
    writeFileSync(cacheOf(filename), script.createCachedData());
  }
}

/** Whether `import(…)` stands in it, outside of comments. */
function importsAtRunTime(content) {
  return content.split("\n").some((line) => /\bimport\s*\(/.test(line) && !/^\s*(\*|\/\/)/.test(line));
}

/** Zod brings its messages in fifty languages, more than half of its code; ours are English. */
function englishOnly() {
  const locales = /\/zod\/v4\/locales\/index\.js$/;
  return { name: "english-only", load: (id) => (locales.test(id) ? 'export { default as en } from "./en.js";' : null) };
}

/** pg finds out whether it runs at Cloudflare by making a `Response`, for which Node loads its whole HTTP client in every thread. */
function neverAtCloudflare() {
  const question = "function isCloudflareRuntime() {";
  return {
    name: "never-at-cloudflare",
    transform(code, id) {
      if (!id.endsWith("/pg/lib/stream.js")) return null;
      if (!code.includes(question)) throw new Error("pg asks about Cloudflare in another way now");
      return code.replace(question, `${question} return false;`);
    },
  };
}
