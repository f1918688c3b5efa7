import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDatabase } from "../support/database.js";
import { findPostgresBinaries } from "../support/postgres-binaries.js";
import { type PostgresServer, startPostgres } from "../support/postgres-server.js";
import { queryPostgres } from "../support/query.js";
import { runSluice } from "../support/run-program.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-disk-full-"));
const small = join(folder, "small");
const enoughRows = 1000;
/** Of about 1 KB each: the small disk does not hold them. */
const tooManyRows = 20_000;

/** A disk of 8 MiB; false where the machine mounts none, which takes root. */
function mountSmall(): boolean {
  mkdirSync(small);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m,mode=0777", "tmpfs", small], { stdio: "ignore" });
    return true;
  } catch {
    rmSync(small, { recursive: true });
    return false;
  }
}

function unmount(): void {
  try {
    execFileSync("umount", [small], { stdio: "ignore" });
  } catch {
    // It was not mounted.
  }
}

describe("a Postgres destination whose disk is full", () => {
  let server: PostgresServer;

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    server = await startPostgres(findPostgresBinaries()[0]!);
  });
  afterAll(async () => {
    await server.stop();
    unmount();
    rmSync(folder, { recursive: true });
  });

  it.for([
    ["append", "read: incremental, write: append, cursor: id"],
    ["merge", "read: incremental, write: merge, cursor: id"],
    ["overwrite", "read: full_refresh, write: overwrite"],
  ])(
    "stops %s with exit code 4 and the fix, changes nothing, and is whole once there is room",
    async ([mode, options], { skip }) => {
      skip(!mountSmall(), "no small disk can be mounted here: that takes root");
      const disk = join(small, "space");
      mkdirSync(disk);
      execFileSync("chown", ["nobody", disk]);
      const source = await createDatabase(server.url, "source");
      const target = await createDatabase(server.url, "target");
      await queryPostgres(source, "create table orders (id int primary key, noise text not null)");
      await queryPostgres(server.url, `create tablespace ${mode} location '${disk}'`);
      await queryPostgres(server.url, `alter database target set default_tablespace = '${mode}'`);
      const addRows = (first: number, last: number) =>
        queryPostgres(
          source,
          `insert into orders select n, (select string_agg(md5(n || '-' || k), '') from generate_series(1, 32) k)
         from generate_series(${first}, ${last}) n`,
        );
      const project = mkdtempSync(join(folder, "project-"));
      writeFileSync(
        join(project, "sluice.yaml"),
        `sources: { shop: { connector: postgres, url: "${source}" } }
destinations: { warehouse: { connector: postgres, url: "${target}" } }
connections:
  shop: { source: shop, destination: warehouse, streams: { public.orders: { ${options} } } }
`,
      );
      const sync = () => runSluice(["sync", "--json"], { cwd: project });
      const digest = "select count(*), count(distinct id), md5(string_agg(id || noise, ',' order by id)) from";
      const standing = async () => ({
        rows: await queryPostgres(target, `${digest} shop.orders`),
        state: await queryPostgres(target, "select seq, load_id, state from shop._sluice_state"),
        loads: await queryPostgres(target, "select count(*) from shop._sluice_loads"),
        tables: await queryPostgres(target, "select tablename from pg_tables where schemaname = 'shop' order by 1"),
      });

      await addRows(1, enoughRows);
      expect(await sync()).toMatchObject({ code: 0 });
      const before = await standing();
      expect(before.rows[0]?.[0]).toBe(String(enoughRows));

      await addRows(enoughRows + 1, tooManyRows);
      const full = await sync();
      expect(full.code).toBe(4);
      expect(JSON.parse(full.stdout)).toMatchObject({
        exit_code: 4,
        connections: [
          {
            streams: [
              {
                stream: "public.orders",
                error: {
                  kind: "transient",
                  code: "postgres.disk_full",
                  stream: "public.orders",
                  hint: expect.stringContaining("free space"),
                },
              },
            ],
          },
        ],
      });
      expect(await standing()).toEqual(before);

      execFileSync("mount", ["-o", "remount,size=256m", small]);
      expect(await sync()).toMatchObject({ code: 0 });
      expect(await queryPostgres(target, `${digest} shop.orders`)).toEqual(
        await queryPostgres(source, `${digest} orders`),
      );

      await queryPostgres(server.url, "drop database target with (force)");
      await queryPostgres(server.url, `drop tablespace ${mode}`);
      unmount();
      rmSync(small, { recursive: true });
    },
  );
});
