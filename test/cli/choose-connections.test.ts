import { describe, expect, it } from "vitest";
import { chooseConnections } from "../../cli/choose-connections.js";
import { UsageError } from "../../cli/usage-error.js";
import type { Project, ProjectConnection } from "../../core/project/load-project.js";
import { defaultCommitLimits } from "../../core/sync/plan.js";
import { ConfigError } from "../../sdk/errors.js";

describe("chooseConnections", () => {
  it("takes all of a project, or those named", () => {
    expect(chosen([], [])).toEqual({ shop: ["public.*", "public.orders", "audit.log"], crm: ["contacts"] });
    expect(chosen(["crm"], [])).toEqual({ crm: ["contacts"] });
  });

  it("narrows to the streams named, exact or by a pattern, with their options", () => {
    expect(chosen([], ["public.orders"])).toEqual({ shop: ["public.orders"] });
    expect(chosen([], ["contacts", "audit.log"])).toEqual({ shop: ["audit.log"], crm: ["contacts"] });
    expect(chosen([], ["public.*"])).toEqual({ shop: ["public.*"] });
    expect(chosen([], ["a*"])).toEqual({ shop: ["audit.log"] });
    const [shop] = chooseConnections(project, { names: [], streams: ["public.items"] });
    expect(shop?.streams).toEqual([{ pattern: "public.items", options: { write: "append" } }]);
  });

  it.each([
    [["shpo"], [], "did you mean 'shop'?"],
    [[], ["contact"], "did you mean 'contacts'?"],
    [["crm"], ["public.orders"], "sluice.yaml takes contacts"],
  ])("refuses %j %j with the nearest name", (names, streams, hint) => {
    expect(() => chooseConnections(project, { names, streams })).toThrow(expect.objectContaining({ hint }));
    expect(() => chooseConnections(project, { names, streams })).toThrow(UsageError);
  });

  it("says so where a project has none", () => {
    expect(() => chooseConnections({ connections: new Map() }, { names: [], streams: [] })).toThrow(ConfigError);
  });
});

const project: Pick<Project, "connections"> = {
  connections: new Map([
    [
      "shop",
      connection("shop", { "public.*": { write: "append" }, "public.orders": { write: "merge" }, "audit.log": {} }),
    ],
    ["crm", connection("crm", { contacts: {} })],
  ]),
};

function connection(name: string, streams: Record<string, object>): ProjectConnection {
  return {
    name,
    sourceName: "s",
    destinationName: "d",
    source: { connector: "s", config: {} },
    destination: { connector: "d", config: {} },
    schema: name,
    streams: Object.entries(streams).map(([pattern, options]) => ({ pattern, options })),
    commit: defaultCommitLimits,
    fullRefresh: false,
    isScheduled: false,
  };
}

function chosen(names: string[], streams: string[]): Record<string, string[]> {
  const connections = chooseConnections(project, { names, streams });
  return Object.fromEntries(connections.map((one) => [one.name, one.streams.map((stream) => stream.pattern)]));
}
