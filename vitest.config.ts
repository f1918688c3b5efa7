import { availableParallelism, tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { folderInMemory } from "./test/support/folder-in-memory.js";
import LongestFirst from "./test/support/longest-first.js";

const root = fileURLToPath(new URL(".", import.meta.url));

// Tests import the source by relative path and get the build: worker threads need real JavaScript,
// and so it is the shipped code that is tested.
const alias = [
  {
    find: /^(?:\.\.\/)+((?:sdk|core|connectors|destinations|cli|server)\/.*\.js)$/,
    replacement: `${root}dist/$1`,
  },
];

// Node itself loads the build: it needs no transforming.
const server = { deps: { external: [/\/(?:dist|program)\//] } };

// Files share a worker's modules, which keep no state: loading them anew for each took a third of the unit tests' time.
const isolate = false;

// Workers, servers and programs inherit it.
process.env.TMPDIR ??= folderInMemory() ?? tmpdir();

// No test judges its own speed, so a busy machine fails none: these end only what hangs.
const patience = { testTimeout: 300_000, hookTimeout: 300_000, expect: { poll: { interval: 20, timeout: 120_000 } } };

export default defineConfig({
  resolve: { alias },
  test: {
    // Most of a test's time is waiting for processes, servers and clocks: one more worker than cores keeps these busy.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    reporters: ["default", "./test/support/closing-line.ts"],
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["test/{sdk,core,cli,connectors,destinations,kit}/**/*.test.ts"],
          exclude: ["**/*.integration.test.ts"],
          server,
          isolate,
          ...patience,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "integration",
          include: ["test/**/*.integration.test.ts", "test/{conformance,crash,e2e}/**/*.test.ts"],
          globalSetup: ["test/support/services.ts"],
          server,
          isolate,
          ...patience,
        },
      },
    ],
  },
});
