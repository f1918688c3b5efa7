import type { FunctionFile, Transforms } from "../../core/transform/transforms.js";
import { formatType } from "../../sdk/schema/column-type.js";

/** What is done to the rows of a stream, in its order: the transform and what it is asked for. Keys of masks are not shown. */
export function transformFacts(transforms: Transforms): [string, string][] {
  const { rename = {}, cast = {}, mask = {}, filter, derive = {}, nested = {}, sql, function: made } = transforms;
  return [
    ...fact("rename", rename, (to) => `→ ${to}`),
    ...fact("cast", cast, (type) => `as ${formatType(type)}`),
    ...fact("mask", mask, ({ type }) => `by ${type}`),
    ...(filter === undefined ? [] : [["filter", filter] satisfies [string, string]]),
    ...Object.entries(derive).map(([name, text]): [string, string] => ["derive", `${name} = ${text}`]),
    ...fact("nested", nested, ({ type }) => type),
    ...(sql === undefined ? [] : [["sql", sql.trim().replaceAll(/\s+/g, " ")] satisfies [string, string]]),
    ...(made === undefined ? [] : [["function", functionName(made)] satisfies [string, string]]),
  ];
}

function functionName({ file, export: name }: FunctionFile): string {
  return name === undefined ? file : `${name} of ${file}`;
}

function fact<T>(name: string, columns: Readonly<Record<string, T>>, text: (asked: T) => string): [string, string][] {
  const all = Object.entries(columns).map(([column, asked]) => `${column} ${text(asked)}`);
  return all.length === 0 ? [] : [[name, all.join(", ")]];
}
