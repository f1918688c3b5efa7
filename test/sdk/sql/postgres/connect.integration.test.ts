import { expect, inject, test } from "vitest";
import { Secret } from "../../../../sdk/config/secret.js";
import { connect } from "../../../../sdk/sql/postgres/connect.js";

const config = { url: new Secret(inject("postgresUrl")) };

test("a dozen connections at once on one signal are no leak to Node", async () => {
  const warnings: string[] = [];
  const note = (warning: Error) => warnings.push(warning.name);
  process.on("warning", note);
  const { signal } = new AbortController();
  const clients = await Promise.all(Array.from({ length: 12 }, () => connect(config, { projectDir: ".", signal })));
  await Promise.all(clients.map((client) => client.end()));
  process.off("warning", note);
  expect(warnings).toEqual([]);
});

test("an aborted signal ends a connect that is under way, with its reason", async () => {
  const stop = new AbortController();
  const connecting = connect(config, { projectDir: ".", signal: stop.signal });
  stop.abort(new Error("enough"));
  await expect(connecting).rejects.toThrow("enough");
});
