import { type ConfigError, SystemError } from "../../sdk/errors.js";
import type { Json, JsonObject } from "../../sdk/json.js";
import type { Calculator } from "../../sdk/sql/duckdb/calculator.js";
import { parseStatement, type SelectNode } from "./expression.js";

/** The tree of one SELECT as DuckDB's parser sees it, with every digit of its numbers, over the relation `batch`. */
export function parseTree(
  engine: Calculator,
  sql: string,
  refuse: (message: string, offset: number | undefined) => ConfigError,
): Promise<SelectNode> {
  return parseStatement(engine, sql, { refuse, before: 0, read: exactly });
}

function exactly(json: string): unknown {
  return JSON.parse(
    json.replaceAll(/"(?:[^"\\]|\\.)*"|-?\d{16,}/g, (token) => (token.startsWith('"') ? token : `"\\u0000${token}"`)),
  );
}

/** One expression of a tree as SQL of its own; columns lose the relation's name. */
export async function treeText(engine: Calculator, expression: JsonObject): Promise<string> {
  const node = {
    type: "SELECT_NODE",
    modifiers: [],
    cte_map: { map: [] },
    select_list: [expression],
    from_table: { type: "EMPTY", alias: "", sample: null, query_location: 0 },
    where_clause: null,
    group_expressions: [],
    group_sets: [],
    aggregate_handling: "STANDARD_HANDLING",
    having: null,
    sample: null,
    qualify: null,
  };
  const tree = JSON.stringify({ error: false, statements: [{ node, named_param_map: [] }] }, plainPart);
  const json = tree.replaceAll(/"\\u0000(-?\d+)"/g, "$1");
  const { rows } = await engine.query("SELECT json_deserialize_sql($1::JSON)", [json]);
  const text = String(rows[0]![0]);
  if (!text.startsWith("SELECT ")) throw new SystemError("transform.tree", `DuckDB makes '${text}' of an expression`);
  return text.slice("SELECT ".length);
}

function plainPart(key: string, value: Json): Json {
  if (key === "query_location") return 0;
  if (key !== "column_names" || !Array.isArray(value)) return value;
  const [first, ...rest] = value as readonly string[];
  return rest.length > 0 && first?.toLowerCase() === "batch" ? rest : value;
}
