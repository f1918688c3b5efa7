import type { Run } from "../run.js";
import { equals, isSame } from "./compare.js";
import { isIterable, iterate } from "./iterate.js";
import { PythonError } from "./python-error.js";
import { str } from "./text.js";
import { typeName } from "./type-name.js";
import type { PyValue } from "./value.js";

/** `member in container`. */
export function contains(run: Run, container: PyValue, member: PyValue): boolean {
  if (typeof container === "string" || isMarkup(container)) {
    if (typeof member !== "string" && !isMarkup(member)) {
      const message = `'in <string>' requires string as left operand, not ${typeName(member)}`;
      throw new PythonError("TypeError", message);
    }
    return str(container).includes(str(member));
  }
  if (container !== null && typeof container === "object" && !Array.isArray(container)) {
    if (container.kind === "dict" || container.kind === "set") return container.has(member);
    if (container.kind === "view" && container.type === "dict_keys") return container.of.has(member);
    if (container.kind === "bytes") return bytesContain(container.data, member);
  }
  if (!isIterable(container)) {
    throw new PythonError("TypeError", `argument of type '${typeName(container)}' is not iterable`);
  }
  for (const item of iterate(container)) {
    run.step();
    if (isSame(item, member) || equals(item, member)) return true;
  }
  return false;
}

function bytesContain(data: Uint8Array, member: PyValue): boolean {
  if (typeof member === "bigint") return data.includes(Number(member));
  if (member !== null && typeof member === "object" && !Array.isArray(member) && member.kind === "bytes") {
    return Buffer.from(data).includes(Buffer.from(member.data));
  }
  throw new PythonError("TypeError", `a bytes-like object is required, not '${typeName(member)}'`);
}

function isMarkup(value: PyValue): boolean {
  return value !== null && typeof value === "object" && !Array.isArray(value) && value.kind === "markup";
}
