import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import { afterAll, describe, expect, test } from "vitest";
import { runProgram } from "../support/run-program.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const chunks = join(root, "program/chunks");
const { wrapped } = createRequire(import.meta.url)(join(root, "program/code-cache.cjs")) as {
  wrapped(content: string): string;
};
const { v8 } = JSON.parse(readFileSync(join(root, "program/package.json"), "utf8")) as { v8: string };
const copy = mkdtempSync(join(tmpdir(), "sluice-code-cache-"));
afterAll(() => rmSync(copy, { recursive: true }));

describe("the code that V8 keeps of the bundle", () => {
  test("is there for the modules of a copy, and taken by the version of V8 that made it", () => {
    const kept = readdirSync(chunks).filter((name) => name.endsWith(".js.cache"));
    expect(kept.some((name) => name === "main.js.cache")).toBe(true);
    for (const name of kept) {
      const filename = join(chunks, name.replace(/\.cache$/, ""));
      const cachedData = readFileSync(join(chunks, name));
      const script = new Script(wrapped(readFileSync(filename, "utf8")), { filename, cachedData });
      expect([name, script.cachedDataRejected]).toEqual([name, process.versions.v8 !== v8]);
    }
  });

  test("is not kept of modules that import others at run time, which V8 refuses to such code", () => {
    const names = readdirSync(chunks);
    const importing = names.filter(
      (name) => name.endsWith(".js") && /await import\(/.test(readFileSync(join(chunks, name), "utf8")),
    );
    expect(importing).toContain("source-thread.js");
    for (const name of importing) expect(names).not.toContain(`${name}.cache`);
  });

  test("is compiled as ever where it is missing, of another version or with other flags", async () => {
    cpSync(join(root, "program"), join(copy, "program"), { recursive: true });
    cpSync(join(root, "package.json"), join(copy, "package.json"));
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    const folder = join(copy, "program/chunks");
    const kept = readdirSync(folder).filter((name) => name.endsWith(".js.cache"));
    for (const [at, name] of kept.entries()) {
      if (at % 2 === 0) rmSync(join(folder, name));
      else writeFileSync(join(folder, name), "of another version");
    }
    writeFileSync(join(copy, "three.csv"), "n\n1\n2\n3\n");
    const words = [join(copy, "program/cli/main.js"), "copy", "three.csv", "three.duckdb"];
    for (const flags of [[], ["--stack-size=900"]]) {
      const { code, stdout } = await runProgram(process.execPath, [...flags, ...words], { cwd: copy });
      expect(stdout).toContain("3");
      expect(code).toBe(0);
    }
  });
});
