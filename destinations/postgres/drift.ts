import type { StateKey } from "../../sdk/destination.js";
import type { DriftRecord, DriftRow } from "../../sdk/drift-record.js";
import { quoteLiteral, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { selectDrift, toDriftRow } from "../../sdk/sql/quarantine-query.js";
import { ownTableDialect } from "./quarantine.js";
import { findTable } from "./relation.js";
import type { Session } from "./session.js";

export function driftTable(schema: string): string {
  return quoteTable({ schema, name: "_sluice_drift" });
}

/** Adds schema decisions, a microsecond apart, which keeps their order: a load's in its transaction. */
export async function saveDrift(
  session: Session,
  { schema, connection, stream }: StateKey & { readonly schema: string },
  loadId: number | undefined,
  records: readonly DriftRecord[],
): Promise<void> {
  if (records.length === 0) return;
  const rows = records.map(({ entity, columnName, change, decision }, at) => {
    const texts = [connection, stream, entity].map(quoteLiteral);
    const name = columnName === undefined ? "null" : quoteLiteral(columnName);
    const moment = `statement_timestamp() + ${at} * interval '1 microsecond'`;
    return `(${[loadId ?? "null", ...texts, name, quoteLiteral(change), quoteLiteral(decision), moment].join(", ")})`;
  });
  await session.run(
    `insert into ${driftTable(schema)} (load_id, connection, stream, entity, column_name, change, decision, decided_at)
     values ${rows.join(", ")}`,
  );
}

/** See `OpenDestination.driftRecords`. */
export async function readDrift(session: Session, schema: string, limit: number): Promise<DriftRow[]> {
  if ((await findTable(session, { schema, name: "_sluice_drift" })) === undefined) return [];
  const rows = await session.rows(selectDrift(driftTable(schema), limit, ownTableDialect));
  return rows.map((row) => toDriftRow(Object.values(row)));
}
