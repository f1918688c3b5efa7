import { pyDict } from "../../jinja/values/dict.js";
import { str } from "../../jinja/values/text.js";
import type { PyDict } from "../../jinja/values/value.js";
import { isDict } from "../../value/is-dict.js";
import { replaceMembers, type Transformation } from "./record-change.js";

/** KeysToSnakeCase: the keys of the record and of all objects within. */
export const keysToSnake: Transformation = (record) => replaceMembers(record, snaked(record));

function snaked(object: PyDict): PyDict {
  return pyDict([...object].map(([key, value]) => [snakeCase(str(key)), isDict(value) ? snaked(value) : value]));
}

/** `accountID2` as `account_id_2`. Letters with accents lose them; what is neither letter nor digit parts words. */
export function snakeCase(key: string): string {
  const plain = key.normalize("NFKD").replaceAll(/\p{Mark}/gu, "");
  const found = plain.match(/[A-Z]+[a-z]*|[a-z]+|\d+|[^a-zA-Z\d]+/g) ?? [];
  const tokens = found.map((token) => (/^[^a-zA-Z\d]/.test(token) ? "" : token));
  const kept =
    tokens.length >= 3 ? tokens.filter((token, i) => token !== "" || i === 0 || i === tokens.length - 1) : tokens;
  if (/^\d/.test(kept[0] ?? "")) kept.unshift("");
  return kept.join("_").toLowerCase();
}
