// The floor of paths into DuckDB: its own reader, in a process of its own. usage: duckdb-program.js DATABASE SQL…
import { duckdb } from "./duckdb.js";

const [path, ...statements] = process.argv.slice(2);
await duckdb(["set preserve_insertion_order = false", ...statements], path);
