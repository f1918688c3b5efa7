// The command line as few files instead of hundreds: loading them, in three threads, was a third of a small sync.
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("..", import.meta.url));
// A worker is found beside the chunk that starts it, the registry beside the folder of the command line. Tests run
// the command line, and a run alone, within processes of their own.
const bundle = await rolldown({
  cwd: root,
  input: {
    "cli/main": "dist/cli/main.js",
    "cli/command-line": "dist/cli/command-line.js",
    "core/sync/run": "dist/core/sync/run.js",
    "destinations/index": "dist/destinations/index.js",
    "connectors/index": "dist/connectors/index.js",
    "chunks/source-worker": "dist/core/sync/source-worker.js",
    "chunks/engine-worker": "dist/sdk/sql/duckdb/engine-worker.js",
  },
  platform: "node",
  // Else every chunk that takes one name from the SDK loads all of it.
  treeshake: { moduleSideEffects: (id) => !id.endsWith("/dist/sdk/index.js") },
  plugins: [englishOnly(), neverAtCloudflare()],
  // DuckDB and libsql find their native libraries by their own place, jiti its compiler, knex its dialects; pg-native is optional and not used.
  external: [/^@duckdb\//, "pg-native", "jiti", /^knex/, "libsql"],
});
rmSync(`${root}program`, { recursive: true, force: true });
// Node 20 takes half a millisecond more to load an ECMAScript module than a CommonJS one.
await bundle.write({ dir: `${root}program`, format: "cjs", chunkFileNames: "chunks/[name]-[hash].js" });
writeFileSync(`${root}program/package.json`, '{ "type": "commonjs" }\n');

// npm links bin files as they are: the command line must be executable.
chmodSync(`${root}program/cli/main.js`, 0o755);

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
