import { stat } from "node:fs/promises";
import { dirname, parse, resolve } from "node:path";
import { ConfigError, type ConnectorContext, type OpenDestination, type QueryResult } from "../../sdk/index.js";
import { duckDigest } from "../../sdk/sql/duckdb/digest.js";
import { quoteIdentifier, quoteLiteral, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { tableDigests } from "../../sdk/sql/table-digests.js";
import { openCatalog } from "./catalog.js";
import type { FileConfig } from "./config.js";
import { type Duck, duckPool } from "./duck.js";
import { fileFormat } from "./format.js";
import { literalPath } from "./layout.js";
import { makeViews } from "./make-views.js";
import { probeFolder } from "./probe.js";
import { purgeQuarantine } from "./purge-quarantine.js";
import { readQuarantined } from "./read-quarantine.js";
import { recordDrift } from "./record-drift.js";
import type { Session } from "./session.js";
import { singleFile } from "./single-file.js";
import { openSingleFileWriter } from "./single-file-writer.js";
import { readDrift, readLoads, readStates, writeState } from "./states.js";
import { openTableWriter } from "./table-writer.js";

/** Opens a folder of tables, or one file. */
export async function openFiles(config: FileConfig, context: ConnectorContext): Promise<OpenDestination> {
  const path = resolve(context.projectDir, config.path);
  const found = await stat(path).catch(() => undefined);
  const single = found?.isDirectory() ? undefined : singleFile(config);
  if (single !== undefined && config.format !== undefined && config.format !== single.format) {
    throw new ConfigError("config.invalid", `${path} ends like ${single.format}, but format says ${config.format}`, {
      hint: "leave `format` out: the file's ending says it",
    });
  }
  const pool = duckPool(context, single?.format === "jsonl" ? "json_lines_file" : "usual");
  const { format = "parquet", compression } = single ?? config;
  const session: Session = {
    config,
    context,
    root: single === undefined ? path : dirname(path),
    format: fileFormat({ format, compression, nullText: config.null_text }),
    catalog: openCatalog(path),
    openDuck: pool.open,
  };

  async function query(sql: string, prepare: (duck: Duck) => Promise<void>): Promise<QueryResult> {
    const duck = await pool.open();
    try {
      await prepare(duck);
      return await duck.query(sql);
    } finally {
      await duck.close();
    }
  }

  const close = () => pool.close();
  const check = () => probeFolder(session.root);
  if (single !== undefined) {
    return {
      check,
      close,
      refuseStreams(streams) {
        const [first, second] = streams;
        if (first !== undefined && second !== undefined) throw oneStream(path, first, second);
      },
      begin: async (target) => openSingleFileWriter(path, target, session),
      states: async () => [],
      loads: async () => [],
      quarantined: async () => [],
      purgeQuarantine: async () => 0,
      recordDrift: async () => {},
      driftRecords: async () => [],
      async putState(key) {
        throw new ConfigError("destination.single_file", `${path} is one file, which keeps no state`, {
          stream: key.stream,
          hint: "name a folder to load incrementally",
        });
      },
      query: (sql) =>
        query(sql, async (duck) => {
          const name = quoteIdentifier(parse(path).name.replace(/\.(?:csv|jsonl|ndjson)$/i, ""));
          await duck.run(`CREATE OR REPLACE TEMP VIEW ${name} AS SELECT * FROM ${quoteLiteral(literalPath(path))}`);
        }),
    };
  }
  const ask = (sql: string) => query(sql, (duck) => makeViews(session, duck));
  return {
    check,
    close,
    begin: (target) => openTableWriter(target, session),
    states: (schema) => readStates(path, session.catalog, schema),
    putState: (key, state) => writeState(path, session.catalog, key, state),
    loads: (schema, limit) => readLoads(path, session.catalog, schema, limit),
    quarantined: (query) => readQuarantined(session, query),
    purgeQuarantine: (purge) => purgeQuarantine(session, purge),
    recordDrift: (key, records) => recordDrift(session, key, records),
    driftRecords: (schema, limit) => readDrift(path, session.catalog, schema, limit),
    query: ask,
    digests: tableDigests({
      dialect: duckDigest,
      query: ask,
      async find({ schema, table: name }) {
        const from = quoteTable({ schema, name });
        const { columns } = await ask(`SELECT * FROM ${from} LIMIT 0`);
        return { from, columnNames: columns, value: (column) => quoteIdentifier(column.name) };
      },
    }),
  };
}

function oneStream(path: string, first: string, second: string): ConfigError {
  return new ConfigError(
    "destination.single_file",
    `${path} is one file: it takes '${first}' or '${second}', not both`,
    {
      stream: second,
      hint: "name a folder for several streams, or choose one with --stream",
    },
  );
}
