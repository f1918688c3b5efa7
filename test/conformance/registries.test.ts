import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { sources } from "../../connectors/index.js";
import { destinations } from "../../destinations/index.js";

test.each([
  ["sources", sources],
  ["destinations", destinations],
])(
  "every built-in connector of the %s has its conformance tests, and is what its name says",
  async (folder, registry) => {
    const tested = readdirSync(new URL(folder, import.meta.url)).map((file) => file.replace(".test.ts", ""));
    expect(tested.sort()).toEqual(Object.keys(registry).sort());
    for (const [name, load] of Object.entries(registry)) expect((await load()).name).toBe(name);
  },
);
