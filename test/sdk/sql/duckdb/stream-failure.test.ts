import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { scalar } from "../../../../sdk/index.js";
import {
  type Connection,
  closeConnection,
  closeDatabase,
  connect,
  type Database,
  openDatabase,
} from "../../../../sdk/sql/duckdb/database.js";
import { readBatches } from "../../../../sdk/sql/duckdb/read.js";
import { execute } from "../../../../sdk/sql/duckdb/statement.js";

const columns = [{ name: "i", type: scalar("int64"), nullable: true }];
const options = { columns, limits: { rows: 8192, bytes: 1 << 20 }, signal: new AbortController().signal };

describe("an error behind rows that were streamed already", () => {
  let database: Database;
  let connection: Connection;

  beforeEach(async () => {
    database = await openDatabase({ path: ":memory:", memoryBytes: 1e8, threads: 2, tempDir: "/tmp" });
    connection = await connect(database);
  });

  afterEach(() => {
    closeConnection(connection);
    closeDatabase(database);
  });

  const failing =
    "SELECT CASE WHEN i < 300000 THEN i ELSE CAST(error('row ' || i) AS BIGINT) END AS i FROM range(400000) t(i)";

  async function countRows(sql: string): Promise<number> {
    let rows = 0;
    for await (const batch of readBatches(connection, sql, options)) rows += batch.rows;
    return rows;
  }

  it("is thrown with its text, and not taken for the end of the rows", async () => {
    await expect(countRows(failing)).rejects.toThrow(/row 3\d{5}/);
    expect(await countRows("SELECT i FROM range(100000) t(i)")).toBe(100_000);
  });

  it("is thrown inside a transaction of the caller's too", async () => {
    await execute(connection, "BEGIN");
    await expect(countRows(failing)).rejects.toMatchObject({ code: "duckdb.read_failed" });
    await execute(connection, "ROLLBACK");
    await execute(connection, "BEGIN");
    expect(await countRows("SELECT i FROM range(100000) t(i)")).toBe(100_000);
    await execute(connection, "COMMIT");
  });
});
