import { ConfigError } from "../../sdk/errors.js";
import type { Share } from "../quality/share.js";

/**
 * A share as people write it: `1%`, or a number of rows.
 * @throws ConfigError `share.invalid`
 */
export function parseShare(value: string | number): Share {
  if (typeof value === "number") return { type: "rows", rows: value };
  const found = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(value);
  if (found !== null && Number(found[1]) <= 100) return { type: "part", part: Number(found[1]) / 100 };
  throw new ConfigError("share.invalid", `'${value}' is neither a percentage nor a number of rows`, {
    hint: "write 1% or 10000",
  });
}
