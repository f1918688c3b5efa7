import { pyDict } from "../../jinja/values/dict.js";
import { str } from "../../jinja/values/text.js";
import type { PyValue } from "../../jinja/values/value.js";
import { isDict } from "../../value/is-dict.js";
import { replaceMembers, type Transformation } from "./record-change.js";

/** FlattenFields: the plain values of a record under their own keys, or under their path where a key stands already. */
export function flattenFields(flattenLists: boolean): Transformation {
  return (record) => {
    const flat = pyDict();
    const waiting: [PyValue, string][] = [[record, "_"]];
    let withParent = false;
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [value, parent] = next;
      if (isDict(value)) {
        for (const [key, member] of value) {
          waiting.push([member, withParent || flat.has(key) ? `${parent}.${str(key)}` : str(key)]);
        }
      } else if (Array.isArray(value) && flattenLists) {
        if (value.length > 0) withParent = true;
        value.forEach((item, i) => {
          waiting.push([item, `${parent}.${i}`]);
        });
      } else flat.set(parent, value);
    }
    replaceMembers(record, flat);
  };
}
