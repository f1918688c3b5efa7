// The same tests on Node 24, from npm's own `node-<platform>-<arch>` package: nothing is installed on the machine.
import { spawnSync } from "node:child_process";

const platform = process.platform === "win32" ? "win" : process.platform;
const packageName = `node-${platform}-${process.arch}@24`;
const vitest = new URL("../node_modules/vitest/vitest.mjs", import.meta.url).pathname;
const command = ["exec", "--yes", "--package", packageName, "--", "node", vitest, "run", ...process.argv.slice(2)];
const { status } = spawnSync("npm", command, { stdio: "inherit" });
process.exit(status ?? 1);
