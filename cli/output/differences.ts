import type { Json, JsonObject } from "../../sdk/json.js";

/** One place in which two documents differ; absent on one side: not there. */
export interface Difference {
  /** `columns.3.type`; empty: the whole. */
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
}

/** The places in which two JSON documents differ, the deepest that tell it. */
export function differences(before: Json | undefined, after: Json | undefined, path = ""): Difference[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isTree(before) && isTree(after) && Array.isArray(before) === Array.isArray(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => differences(before[name], after[name], path === "" ? name : `${path}.${name}`));
  }
  return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}

function isTree(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null;
}
