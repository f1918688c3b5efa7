import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { findProject } from "../../../core/project/find-project.js";
import { loadProject, type Project } from "../../../core/project/load-project.js";
import { type Problem, ProjectError } from "../../../core/project/problem.js";
import { createRedactor } from "../../../core/project/redactor.js";
import { secret } from "../../../sdk/config/secret.js";
import { ConfigError } from "../../../sdk/errors.js";

const sources = {
  shop: async () => ({
    config: z.strictObject({
      url: secret("Where it is"),
      port: z.number().describe("Port").optional(),
      tls: z.boolean().optional(),
      folder: z.string().optional(),
    }),
  }),
};
const destinations = { cellar: async () => ({ config: z.strictObject({ path: z.string().describe("File") }) }) };

const head = `sources:
  shop: { connector: shop, url: "\${SHOP_URL}" }
destinations:
  cellar: { connector: cellar, path: cellar.db }
`;
const env = { SHOP_URL: "shop://bob:hunter22@host" };

describe("loadProject", () => {
  it("resolves a stream's options: defaults, under the pattern that fits, under the exact name", async () => {
    const project = await loaded(`${head}connections:
  shop:
    source: shop
    destination: cellar
    defaults: { read: incremental, write: merge, cursor: at }
    streams:
      public.*: { lookback: 1h, cursor: changed }
      public.orders: { write: append, filter: "total > 5" }
      other:
`);
    expect(project.connections.get("shop")).toMatchObject({
      name: "shop",
      schema: "shop",
      source: { connector: "shop", config: { url: env.SHOP_URL } },
      destination: { connector: "cellar", config: { path: "cellar.db" } },
      streams: [
        {
          pattern: "public.*",
          options: { read: "incremental", write: "merge", cursor: "changed", lookback: 3_600_000 },
        },
        {
          pattern: "public.orders",
          options: {
            read: "incremental",
            write: "append",
            cursor: "changed",
            lookback: 3_600_000,
            filter: "total > 5",
          },
        },
        { pattern: "other", options: { read: "incremental", write: "merge", cursor: "at" } },
      ],
    });
  });

  it("takes all streams where none are named, and a schema and limits where they are", async () => {
    const project = await loaded(`${head}connections:
  c: { source: shop, destination: cellar, schema: s, commit: { bytes: 2GiB, seconds: 5 } }
`);
    expect(project.connections.get("c")).toMatchObject({
      schema: "s",
      streams: [{ pattern: "*", options: {} }],
      commit: { bytes: 2 * 1024 ** 3, seconds: 5 },
    });
  });

  it.each([
    "{ cron: '*/15 * * * *', time_zone: Europe/Berlin }",
    "{ every: 1h30m }",
    "{ after: first }",
    "{ webhook: true }",
  ])("takes the schedule %s", async (schedule) => {
    const project = await loaded(
      `${head}connections:\n  c: { source: shop, destination: cellar, schedule: ${schedule} }\n  first: { source: shop, destination: cellar }\n`,
    );
    expect(project.connections.get("c")?.isScheduled).toBe(true);
  });

  it("makes a number or boolean of a reference where the connector wants one", async () => {
    const file = `sources:\n  shop: { connector: shop, url: u://x, port: '\${PORT}', tls: '\${TLS}', folder: '\${PORT}' }\n`;
    const project = await loaded(file, { PORT: "5432", TLS: "true" });
    expect(project.sources.get("shop")?.config).toMatchObject({ port: 5432, tls: true, folder: "5432" });
  });

  it("takes variables from .env, under those of the process", async () => {
    const dir = folderWith({ "sluice.yaml": `${head}`, ".env": "SHOP_URL=shop://from-file\nOTHER=x\n" });
    expect((await load(dir, {})).sources.get("shop")?.config.url).toBe("shop://from-file");
    expect((await load(dir, env)).sources.get("shop")?.config.url).toBe(env.SHOP_URL);
  });

  it("remembers the values of secret settings for redaction", async () => {
    const redactor = createRedactor();
    await loadProject({ dir: folderWith({ "sluice.yaml": head }), env, sources, destinations, redactor });
    expect(redactor.redact("no hunter22 here")).toBe("no [secret] here");
  });

  it.each<[string, string, Partial<Problem> & { line: number; column: number }]>([
    [
      "an unset variable",
      `sources:\n  shop:\n    connector: shop\n    url: \${NO_SUCH_URL}\n`,
      { code: "project.unresolved", message: "the environment variable NO_SUCH_URL is not set", line: 4, column: 10 },
    ],
    [
      "an unknown key at the top",
      "sorces: {}\n",
      {
        code: "project.unknown_key",
        message: "unknown key 'sorces' in the file",
        hint: "did you mean 'sources'?",
        line: 1,
        column: 1,
      },
    ],
    [
      "an unknown key of a connector",
      `sources:\n  shop: { connector: shop, urll: x, url: u }\n`,
      { code: "project.unknown_key", hint: "did you mean 'url'?", line: 2, column: 28 },
    ],
    [
      "an unknown stream option",
      `${head}connections:\n  c:\n    source: shop\n    destination: cellar\n    streams:\n      public.orders:\n        primry_key: [id]\n`,
      { code: "project.unknown_key", hint: "did you mean 'primary_key'?", line: 11, column: 9 },
    ],
    [
      "a choice that is none",
      `${head}connections:\n  c: { source: shop, destination: cellar, defaults: { write: merg } }\n`,
      { code: "project.invalid_value", hint: "did you mean 'merge'?", line: 6, column: 62 },
    ],
    [
      "a connector that is none",
      "sources:\n  s: { connector: shopp, url: x }\n",
      { code: "project.unknown_connector", hint: "did you mean 'shop'?", line: 2, column: 19 },
    ],
    [
      "a source that is none",
      `${head}connections:\n  c: { source: shp, destination: cellar }\n`,
      { code: "project.unknown_source", hint: "did you mean 'shop'?", line: 6, column: 16 },
    ],
    [
      "a missing setting",
      "destinations:\n  d: { connector: cellar }\n",
      { code: "project.missing_key", message: "'destinations.d' has no 'path'", hint: "File", line: 2, column: 3 },
    ],
    [
      "a value of the wrong type",
      "sources:\n  shop: { connector: shop, url: u, port: high }\n",
      {
        code: "project.invalid_type",
        message: "sources.shop.port: expected a number, found text",
        line: 2,
        column: 42,
      },
    ],
    [
      "a pair of modes that cannot be",
      `${head}connections:\n  c:\n    source: shop\n    destination: cellar\n    defaults: { read: incremental }\n    streams: { orders: { write: overwrite } }\n`,
      { code: "project.modes", line: 10, column: 33 },
    ],
    [
      "a rule without a test",
      `${head}connections:\n  c:\n    source: shop\n    destination: cellar\n    defaults:\n      quality: [{ on_fail: warn }]\n`,
      { code: "quality.rule", line: 10, column: 16 },
    ],
    [
      "a duration",
      `${head}connections:\n  c: { source: shop, destination: cellar, defaults: { lookback: soon } }\n`,
      { code: "duration.invalid", line: 6, column: 65 },
    ],
    [
      "a schedule in more than one way",
      `${head}connections:\n  c: { source: shop, destination: cellar, schedule: { every: 15m, webhook: true } }\n`,
      { code: "project.invalid_value", line: 6, column: 53 },
    ],
    [
      "a cron expression",
      `${head}connections:\n  c: { source: shop, destination: cellar, schedule: { cron: hourly } }\n`,
      { code: "schedule.cron", line: 6, column: 61 },
    ],
    [
      "a time zone",
      `${head}connections:\n  c: { source: shop, destination: cellar, schedule: { cron: '5 4 * * *', time_zone: Berlin } }\n`,
      { code: "schedule.time_zone", line: 6, column: 85 },
    ],
    [
      "a connection to follow that is none",
      `${head}connections:\n  c: { source: shop, destination: cellar, schedule: { after: d } }\n`,
      { code: "project.unknown_connection", hint: "did you mean 'c'?", line: 6, column: 62 },
    ],
    [
      "a field of a cron expression that is out of bounds",
      `${head}connections:\n  c: { source: shop, destination: cellar, schedule: { cron: '0 24 * * *' } }\n`,
      {
        code: "schedule.cron",
        message: "connections.c.schedule.cron: '0 24 * * *' is not a cron expression: Invalid value for hour: 24",
        line: 6,
        column: 61,
      },
    ],
    [
      "a day that never comes",
      `${head}connections:\n  c: { source: shop, destination: cellar, schedule: { cron: '0 0 31 2 *' } }\n`,
      {
        code: "schedule.cron",
        message: "connections.c.schedule.cron: '0 0 31 2 *' is not a cron expression: no such day ever comes",
        line: 6,
        column: 61,
      },
    ],
    [
      "a connection that follows itself",
      `${head}connections:\n  c: { source: shop, destination: cellar, schedule: { after: c } }\n`,
      { code: "schedule.cycle", message: "connection 'c' would wait for itself", line: 6, column: 62 },
    ],
    [
      "a mask that is none, with those there are",
      `${head}connections:\n  c: { source: shop, destination: cellar, defaults: { mask: { mail: md5 } } }\n`,
      {
        code: "project.invalid_value",
        message: "connections.c.defaults.mask.mail: 'md5' is not one of sha256, redact, null, partial",
        line: 6,
        column: 69,
      },
    ],
    [
      "a drift policy that is none",
      `${head}connections:\n  c: { source: shop, destination: cellar, defaults: { drift: evolv } }\n`,
      { code: "project.invalid_value", hint: "did you mean 'evolve'?", line: 6, column: 62 },
    ],
    [
      "an unset key of a mask, once",
      `${head}connections:\n  c: { source: shop, destination: cellar, defaults: { mask: { mail: { hmac_sha256: "\${NO_KEY}" } } } }\n`,
      { code: "project.unresolved", line: 6, column: 85 },
    ],
    [
      "a range that no value is in",
      `${head}connections:\n  c:\n    source: shop\n    destination: cellar\n    defaults:\n      quality: [{ range: { total: { min: 5, max: 3 } } }]\n`,
      { code: "quality.rule", line: 10, column: 16 },
    ],
  ])("tells %s with its place and its fix", async (_, file, { line, column, ...expected }) => {
    const problems = await problemsOf(file);
    expect(problems).toMatchObject([{ ...expected, place: { file: "sluice.yaml", line, column } }]);
    expect(problems[0]?.hint).toBeTruthy();
  });

  it("tells each connection of a circle that it would wait for itself", async () => {
    const problems = await problemsOf(`${head}connections:
  c: { source: shop, destination: cellar, schedule: { after: d } }
  d: { source: shop, destination: cellar, schedule: { after: c } }
  e: { source: shop, destination: cellar, schedule: { after: d } }
`);
    expect(problems.map(({ message }) => message)).toEqual([
      "connection 'c' would wait for itself, by way of 'd'",
      "connection 'd' would wait for itself, by way of 'c'",
    ]);
  });

  it.each(["*/15 9-17 1,15 jan,Mar mon-FRI", "0 0 * * 7", "5/10 * * * *"])("takes %s as a time", async (cron) => {
    const file = `${head}connections:\n  c: { source: shop, destination: cellar, schedule: { cron: "${cron}" } }\n`;
    expect((await loaded(file)).connections.get("c")?.isScheduled).toBe(true);
  });

  it("tells everything that is wrong, in the order of the file", async () => {
    const problems = await problemsOf(
      "sources:\n  a: { connector: nope }\n  b: { connector: shop, x: 1 }\ndestinations:\n  d: { connector: cellar, path: 1 }\n",
    );
    expect(problems.map((problem) => problem.place.line)).toEqual([2, 3, 3, 5]);
  });

  it("never repeats a value that may be a secret, not even in the line it shows", async () => {
    const file = [
      "sources:",
      `  s: { connector: shop, url: [hunter22], port: '\${P}' }`,
      "  t:",
      "    connector: shop",
      "    pasword: hunter24",
      "    url: shop://bob:hunter25@host",
      "    folder: 12",
      "  u: { connector: shop, url: 'hunter26', foldr: x }",
    ].join("\n");
    const problems = await problemsOf(file, { P: "hunter23" });
    expect(problems.map((problem) => problem.place.line)).toEqual([2, 2, 5, 7, 8]);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
    expect(problems[2]?.place.excerpt).toBe("    pasword: ••••••••");
  });
});

describe("findProject", () => {
  const dir = folderWith({ "sluice.yaml": "", "a/b/file": "" });

  it("finds the nearest folder, going up", () => {
    expect(findProject(join(dir, "a/b"), undefined)).toBe(dir);
  });

  it("takes a folder that is named, and no other", () => {
    expect(findProject("/", dir)).toBe(dir);
    expect(() => findProject(dir, "a/b")).toThrow(ConfigError);
  });

  it("says so where there is none", () => {
    expect(() => findProject(tmpdir(), undefined)).toThrow(ConfigError);
  });
});

function folderWith(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), "sluice-test-"));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(dir, path, ".."), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  return dir;
}

function load(dir: string, variables: Record<string, string>): Promise<Project> {
  return loadProject({ dir, env: variables, sources, destinations, redactor: createRedactor() });
}

function loaded(file: string, variables: Record<string, string> = env): Promise<Project> {
  return load(folderWith({ "sluice.yaml": file }), variables);
}

async function problemsOf(file: string, variables: Record<string, string> = env): Promise<readonly Problem[]> {
  try {
    await loaded(file, variables);
  } catch (error) {
    if (error instanceof ProjectError) return error.problems;
    throw error;
  }
  return [];
}
