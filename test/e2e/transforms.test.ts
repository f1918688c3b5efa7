import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createDatabase } from "../support/database.js";
import { queryPostgres } from "../support/query.js";
import { type ProgramOptions, runSluice, runSluiceProcess } from "../support/run-program.js";

const admin = inject("postgresUrl");
const maskKey = { MASK_KEY: "the mask's key" };
const dir = mkdtempSync(join(tmpdir(), "sluice-transforms-"));
let source: string;
let target: string;

beforeAll(async () => {
  source = await createDatabase(admin, "transforms_source");
  target = await createDatabase(admin, "transforms_target");
  await queryPostgres(
    source,
    `create table orders (id int primary key, status text not null, total text, email text, created date);
     insert into orders
     select g, case when g % 10 = 0 then 'test' else 'open' end,
            case when g % 200 = 1 then 'n/a' else (g * 1.5)::text end,
            case when g % 200 = 3 then 'nobody' else 'user' || g || '@example.com' end,
            date '2026-01-01' + g % 100
     from generate_series(1, 100000) g;
     create table people (id int primary key, name text, phone text, note text, born date, mail text, ssn text, wrong text, doc jsonb);
     insert into people select g, 'canary-name-' || g, '+49 canary ' || g, 'canary-note-' || g, date '1975-03-31',
            'canary-mail-' || g || '@x.org', 'canary-ssn-' || g, case when g % 2 = 0 then 'canary-wrong-' || g else g::text end,
           jsonb_build_object('n', g, 'contact', jsonb_build_object('mail', 'canary-doc-' || g,
             'phones', jsonb_build_array(jsonb_build_object('no', 'canary-phone-' || g), jsonb_build_object('no', null))))
     from generate_series(1, 20000) g`,
  );
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe.each(["duckdb", "postgres"])("100,000 rows of which 1,000 are bad, into %s", (kind) => {
  it("load 89,000, filter 10,000 and keep exactly 1,000 with their reasons; the ledger adds up", async () => {
    const project = projectOf(
      kind,
      `public.orders:
        rename: { total: total_usd }
        cast: { total_usd: "decimal(12,2)" }
        filter: status || '' <> 'test'
        derive: { month: "date_trunc('month', created)" }
        quality: [{ matches: { email: '^[^@]+@[^@]+$' } }]`,
    );
    const report = await sluice(project, "sync", "shop");
    expect(report.document.connections[0].streams[0]).toMatchObject({
      ...{ status: "succeeded", read: 100_000, written: 89_000, filtered: 10_000, quarantined: 1000, deduplicated: 0 },
      rules: [{ rule: "matches(email)", failed: 500, action: "quarantine" }],
    });
    const [ledger] = await query(project, "select read, written, filtered, quarantined from shop._sluice_loads");
    expect(ledger).toEqual([100_000, 89_000, 10_000, 1000]);
    const reasons = await query(
      project,
      `select rule, reason, count(*) from shop._sluice_quarantine group by 1, 2 order by 1`,
    );
    expect(reasons).toEqual([
      ["cast(total_usd)", "'total_usd' cannot be cast to decimal(12,2)", 500],
      ["matches(email)", "'email' does not match ^[^@]+@[^@]+$", 500],
    ]);
    const [quarantined] = await query(
      project,
      `select cast(row as text) from shop._sluice_quarantine where cast(row as text) like '%"id":201,%'`,
    );
    expect(quarantined).toEqual([
      '{"id":201,"status":"open","total":"n/a","email":"user201@example.com","created":"2026-01-02"}',
    ]);
    const [sums] = await query(project, "select count(*), sum(total_usd), min(month) is not null from shop.orders");
    expect(sums?.slice(0, 2).map(String)).toEqual(["89000", sumOfLoaded()]);
  });
});

describe("a masked value", () => {
  const masks = `public.people:
        cast: { wrong: int64 }
        mask:
          name: sha256
          phone: { tokenize: "\${MASK_KEY}" }
          note: redact
          born: sha256
          mail: { hmac_sha256: "\${MASK_KEY}" }
          ssn: { partial: 2 }
          wrong: redact
          doc.contact.mail: sha256
          doc.contact.phones.no: { tokenize: "\${MASK_KEY}" }
        nested: { doc: flatten, doc.contact.phones: child_table }
        primary_key: [id]
        derive: { same: "name || mail" }
        quality: [{ expression: "id % 3 <> 0", name: thirds }]`;

  it("stands nowhere in what a run writes, says or leaves behind when it is killed", async () => {
    const project = projectOf("duckdb", masks);
    const killed = await sluiceProcess(project, ["sync", "shop", "--log-format", "json"], { ms: 900 });
    const done = await sluiceProcess(project, ["sync", "shop", "--log-format", "json"]);
    const failed = projectOf("duckdb", masks.replace("name: thirds", "name: thirds, on_fail: fail"));
    const stopped = await sluiceProcess(failed, ["sync", "shop", "--json"]);
    expect(done.code).toBe(0);
    expect(stopped.code).toBe(9);
    expect(JSON.parse(stopped.stdout).connections[0].streams[0].error.code).toBe("quality.rule_failed");
    const [counts] = await query(project, "select count(*) from shop._sluice_quarantine");
    // Half of them cannot be cast; of the others a third breaks the rule.
    expect(counts).toEqual([13_333]);
    const tables = [
      "people",
      "people_doc_contact_phones",
      "_sluice_quarantine",
      "_sluice_loads",
      "_sluice_state",
      "_sluice_drift",
    ];
    const said = [killed, done, stopped].map(({ stdout, stderr }) => stdout + stderr);
    const kept = await Promise.all(tables.map((table) => rowsOf(project, table)));
    expect([...said, ...kept].join("\n")).not.toMatch(/canary|1975-03-31|the mask's key/);
    for (const file of filesIn(dir)) expect(readFileSync(file, "latin1"), file).not.toMatch(/canary|the mask's key/);
  });
});

describe("a mistaken expression", () => {
  it.each([
    ["a name", `filter: "statsu <> 'x'"`, "statsu", "did you mean 'status'?"],
    ["a type", `derive: { next: "created + status" }`, "+ status", undefined],
    ["a rule", `quality: [{ expression: "totl > 1" }]`, "totl", "did you mean 'total'?"],
    ["a file", `derive: { x: "(select content from read_text('/etc/passwd'))" }`, '"(select', undefined],
    ["a cast", `cast: { totl: int64 }`, "int64", "did you mean 'total'?"],
  ])("is found by plan and check, with its place: %s", async (_, option, word, hint) => {
    const project = projectOf("duckdb", `public.orders:\n        ${option}`);
    const planned = await sluice(project, "plan", "shop");
    const { error } = planned.document.connections[0].streams[0];
    expect(planned.code).toBe(3);
    expect(error).toMatchObject({ kind: "config", place: { file: "sluice.yaml", line: 9 } });
    expect(error.place.excerpt.slice(error.place.column - 1)).toSatisfy((rest: string) => rest.startsWith(word));
    if (hint !== undefined) expect(error.hint).toBe(hint);
    const checked = await sluice(project, "check", "shop");
    expect(checked.code).toBe(3);
    expect(checked.stdout).toContain(JSON.stringify(error.message));
  });
});

it("plan says what the source filters by and what is left for the engine", async () => {
  const project = projectOf(
    "duckdb",
    `public.orders: { rename: { status: state }, mask: { email: redact }, filter: "state = 'open' and email > 'a'" }`,
  );
  const { document } = await sluice(project, "plan", "shop");
  expect(document.connections[0].streams[0]).toMatchObject({
    pushed_down: { filter: "status = 'open'" },
    filter: "state = 'open' and email > 'a'",
  });
});

function projectOf(kind: string, streams: string): string {
  const project = mkdtempSync(join(dir, "project-"));
  mkdirSync(join(project, "tmp"));
  const destination =
    kind === "duckdb" ? "{ connector: duckdb, path: w.duckdb }" : `{ connector: postgres, url: "${target}" }`;
  const lines = [
    `sources: { pg: { connector: postgres, url: "${source}" } }`,
    `destinations: { w: ${destination} }`,
    "connections:\n  shop:\n    source: pg\n    destination: w",
    `    streams:\n      ${streams}\n`,
  ];
  writeFileSync(join(project, "sluice.yaml"), lines.join("\n"));
  return project;
}

async function sluice(project: string, ...words: string[]) {
  const result = await runSluice([...words, "--json", "--project", project], { env: maskKey });
  return { ...result, document: JSON.parse(result.stdout) };
}

/** Runs it as a process that keeps its files within the project. */
function sluiceProcess(project: string, words: string[], killAt?: ProgramOptions["killAt"]) {
  const env = { ...maskKey, TMPDIR: join(project, "tmp") };
  return runSluiceProcess([...words, "--project", project], { env, ...(killAt && { killAt }) });
}

async function query(project: string, sql: string): Promise<unknown[][]> {
  const { stdout, code } = await runSluice(["query", sql, "--json", "--project", project], { env: maskKey });
  expect(code, stdout).toBe(0);
  return (JSON.parse(stdout).rows as object[]).map(Object.values);
}

async function rowsOf(project: string, table: string): Promise<string> {
  return (await runSluice(["query", `select * from shop.${table}`, "--csv", "--project", project], { env: maskKey }))
    .stdout;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

function sumOfLoaded(): string {
  let sum = 0;
  for (let g = 1; g <= 100_000; g++) if (g % 10 !== 0 && g % 200 !== 1 && g % 200 !== 3) sum += g * 1.5;
  return sum.toFixed(2);
}
