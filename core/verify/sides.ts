import type { ParentOfTable } from "../../sdk/destination.js";
import { ConfigError } from "../../sdk/errors.js";
import { type ColumnType, sameType } from "../../sdk/schema/column-type.js";
import { targetColumn } from "../schema/known-column.js";
import { needsEngine } from "../transform/prepare-rows.js";
import type { Arrival } from "./arriving-rows.js";
import type { Side } from "./compare.js";
import { type Compared, requestOf } from "./compared.js";

interface TargetTable {
  readonly table: string;
  readonly parent?: ParentOfTable;
}

/** A table of the destination, digested by the destination. */
export function targetSide({ plan, ends }: Arrival, compared: Compared, table: TargetTable): Side {
  const { digests } = ends.destination;
  if (digests === undefined) {
    throw new ConfigError("verify.unsupported", `the destination ${ends.kind.name} cannot digest its rows`, {
      stream: plan.id,
    });
  }
  const wanted = { schema: plan.schema, ...table, ...requestOf(compared, targetColumn) };
  return {
    buckets: (digits) => digests.buckets({ ...wanted, digits }),
    rows: (digits, buckets) => digests.rows({ ...wanted, digits, buckets }),
  };
}

/**
 * The stream, digested by the source itself; undefined where that would not be what arrives: a source that cannot, rows that
 * are transformed or judged on their way, or types whose texts are made on the way.
 */
export function pushedDownSide({ plan, ends, prepared }: Arrival, compared: Compared): Side | undefined {
  const { digests } = ends.source;
  if (digests === undefined || needsEngine(plan.rows)) return undefined;
  const types = new Map(prepared.rows.columns.map((column) => [column.name, column.type]));
  const alike = compared.columns.every(({ source, type }) => {
    const own = types.get(source);
    return own !== undefined && (sameType(own, type) || (isNumber(own) && isNumber(type)));
  });
  if (!alike) return undefined;
  const sourceNames = new Map([...prepared.rows.outputOf].map(([source, output]) => [output, source]));
  const { pushed: filter } = plan;
  const wanted = {
    stream: plan.stream,
    ...requestOf(compared, ({ source, type, nullable }) => ({ name: sourceNames.get(source)!, type, nullable })),
    ...(filter.length === 0 ? {} : { filter }),
  };
  return {
    buckets: (digits) => digests.buckets({ ...wanted, digits }),
    rows: (digits, buckets) => digests.rows({ ...wanted, digits, buckets }),
  };
}

/** Numbers whose conversion into each other the databases do as Sluice does, where the lattice allows it. */
function isNumber({ kind }: ColumnType): boolean {
  return kind.startsWith("int") || kind.startsWith("float") || kind === "decimal";
}
