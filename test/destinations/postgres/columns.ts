import { parseType } from "../../../sdk/schema/column-type.js";
import type { Column } from "../../../sdk/schema/stream.js";

/** `column("id", "int64!")`: not null with a "!" after the type; with the type Postgres has declared, where it is given. */
export function column(name: string, type: string, native?: string): Column {
  return {
    name,
    type: parseType(type.replace("!", "")),
    nullable: !type.endsWith("!"),
    ...(native === undefined ? {} : { native: { system: "postgres", type: native } }),
  };
}
