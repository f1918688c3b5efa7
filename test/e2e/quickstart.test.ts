import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runProgram } from "../support/run-program.js";

const program = fileURLToPath(new URL("../../examples/quickstart/run.mjs", import.meta.url));

test("the quickstart loads public data and answers its question, also when it is run again", async () => {
  for (let run = 0; run < 2; run++) {
    const { code, stdout } = await runProgram(process.execPath, [program]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/flights +open_data\.flights .* 3,000,000 /);
    expect(stdout).toMatch(/New York +John F Kennedy Intl +31270 +12\.3 +29\.5/);
    expect(stdout).toContain("quickstart.duckdb");
  }
});
