import { pyDict } from "../../jinja/values/dict.js";
import { str } from "../../jinja/values/text.js";
import { replaceMembers, type Transformation } from "./record-change.js";

/** KeysToLower: the record's own keys, not those within. */
export const keysToLower: Transformation = (record) => {
  replaceMembers(record, pyDict([...record].map(([key, value]) => [str(key).toLowerCase(), value])));
};
