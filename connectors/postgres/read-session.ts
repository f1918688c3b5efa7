import type { Batch } from "../../sdk/batch/batch.js";
import type { Log } from "../../sdk/context.js";
import type { EncodedRows, Message } from "../../sdk/messages.js";
import type { ReadRequest } from "../../sdk/source.js";
import type { PostgresClient } from "../../sdk/sql/postgres/connect.js";
import type { CopyReader } from "../../sdk/sql/postgres/copy-block.js";
import { rowCollector } from "../../sdk/sql/postgres/copy-collect.js";
import { copyDecoder } from "../../sdk/sql/postgres/copy-decode.js";
import { passedColumns, sentEncoding } from "../../sdk/sql/postgres/row-encoding.js";
import { type CatalogColumn, plainColumn } from "../../sdk/sql/postgres/table-columns.js";
import type { PostgresConfig } from "./config.js";
import type { Connections } from "./connections.js";
import { type CopyEvent, readCopies } from "./read-copies.js";
import { findRelation, type Relation } from "./relation.js";
import { changedColumns } from "./schema-change.js";
import { copyStatement, pickColumns, predicateSql } from "./select.js";
import { beginSnapshot, type Snapshot } from "./snapshot.js";

/** One read of one stream: a transaction whose snapshot everything comes from. */
export interface ReadSession {
  readonly request: ReadRequest;
  readonly client: PostgresClient;
  readonly log: Log;
  readonly snapshot: Snapshot;
  readonly relation: Relation;
  /** The columns wanted, in the order wanted. */
  readonly columns: readonly CatalogColumn[];
  /** Conditions of the request's filter. */
  readonly filter: readonly string[];
  /** The schema message, where the columns have changed since they were discovered. */
  readonly changes: readonly Message[];
  /** Reads the selections into batches, over as many connections as the request allows. */
  copy(selections: readonly Selection[], columns: readonly CatalogColumn[]): AsyncGenerator<CopyEvent<Batch>, void>;
  /** Reads the columns wanted without decoding them; undefined where the request does not invite exactly these rows. */
  readonly copyEncoded?: (selections: readonly Selection[]) => AsyncGenerator<CopyEvent<EncodedRows>, void>;
}

/** Rows of the relation: from all of it or a part, where every condition holds. */
export interface Selection {
  readonly from: string;
  /** A condition may depend on the `ageOrigin` of the transaction that runs it. */
  readonly conditions: readonly (string | undefined | ((ageOrigin: number) => string))[];
}

export interface SessionOptions {
  readonly config: PostgresConfig;
  readonly connections: Connections;
  readonly request: ReadRequest;
  readonly client: PostgresClient;
  readonly log: Log;
}

export async function beginSession(options: SessionOptions): Promise<ReadSession> {
  const { config, connections, request, client, log } = options;
  const { parallelism, signal, batch: limits, encoding, spareMemory } = request;
  const snapshot = await beginSnapshot(client, parallelism > 1, connections.backends);
  const relation = await findRelation(client, config, request.stream);
  const { stream } = relation;
  const columns = pickColumns(relation, request.columns);
  const filter = (request.filter ?? []).map((predicate) => predicateSql(relation, predicate));
  const changes = [...changedColumns(request.stream, columns)];

  function copy<Output>(
    selections: readonly Selection[],
    read: readonly CatalogColumn[],
    reader: () => CopyReader<Output>,
  ) {
    const statements = selections.map(({ from, conditions }) => (ageOrigin: number) => {
      const texts = conditions.map((condition) => (typeof condition === "function" ? condition(ageOrigin) : condition));
      return copyStatement(read, from, [...texts, ...filter]);
    });
    return readCopies({ statements, reader, stream, client, snapshot, connections, parallelism, signal });
  }

  const passed = passedColumns(columns);
  // Texts of a database without an encoding must be looked at.
  const isInvited = encoding === sentEncoding(passed) && changes.length === 0 && !snapshot.unchecked;
  return {
    request,
    client,
    log,
    snapshot,
    relation,
    columns,
    filter,
    changes,
    copy(selections, read) {
      const { primaryKey } = request.stream;
      const { unchecked } = snapshot;
      return copy(selections, read, () =>
        copyDecoder({ columns: read, limits, unchecked, spareMemory, stream, primaryKey }),
      );
    },
    ...(isInvited
      ? {
          copyEncoded: (selections) =>
            copy(selections, passed, () =>
              rowCollector({ encoding, columns: columns.map(plainColumn), limits, stream, spareMemory }),
            ),
        }
      : {}),
  };
}
