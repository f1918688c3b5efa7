import { splitLines, splitSpace, splitSpaceFromEnd } from "../text/space.js";
import { tuple } from "../values/iterate.js";
import { listOf } from "../values/list-of.js";
import { PythonError } from "../values/python-error.js";
import { isTruthy } from "../values/truth.js";
import { typeName } from "../values/type-name.js";
import { asCount, asText, type Methods } from "./method.js";

/** The methods of str that take it apart or join strings with it. */
export const splitMethods: Methods<string> = {
  split: ["sep? maxsplit?", (self, [sep, max]) => split(self, sep, asCount(max, -1))],
  rsplit: ["sep? maxsplit?", (self, [sep, max]) => splitFromEnd(self, sep, asCount(max, -1))],
  splitlines: ["keepends?", (self, [keep]) => splitLines(self, keep !== undefined && isTruthy(keep))],
  partition: [
    "sep/",
    (self, [sep]) => {
      const separator = nonEmpty(asText(sep));
      const at = self.indexOf(separator);
      return at < 0 ? tuple(self, "", "") : tuple(self.slice(0, at), separator, self.slice(at + separator.length));
    },
  ],
  rpartition: [
    "sep/",
    (self, [sep]) => {
      const separator = nonEmpty(asText(sep));
      const at = self.lastIndexOf(separator);
      return at < 0 ? tuple("", "", self) : tuple(self.slice(0, at), separator, self.slice(at + separator.length));
    },
  ],
  join: [
    "iterable/",
    (self, [items], run) => {
      const texts = listOf(run, items ?? null).map((item, at) => {
        if (typeof item === "string") return item;
        const isMarkup = typeof item === "object" && item !== null && "kind" in item && item.kind === "markup";
        if (isMarkup) return item.text;
        const message = `sequence item ${at}: expected str instance, ${typeName(item)} found`;
        throw new PythonError("TypeError", message);
      });
      const result = texts.join(self);
      run.characters(result.length);
      return result;
    },
  ],
};

type Separator = Parameters<typeof asText>[0];

function split(self: string, sep: Separator, max: number): string[] {
  const limit = max < 0 ? Number.POSITIVE_INFINITY : max;
  if (sep === undefined || sep === null) return splitSpace(self, limit);
  const separator = nonEmpty(asText(sep));
  const parts = self.split(separator);
  if (parts.length - 1 <= limit) return parts;
  return [...parts.slice(0, limit), parts.slice(limit).join(separator)];
}

function splitFromEnd(self: string, sep: Separator, max: number): string[] {
  const limit = max < 0 ? Number.POSITIVE_INFINITY : max;
  if (sep === undefined || sep === null) return splitSpaceFromEnd(self, limit);
  const separator = nonEmpty(asText(sep));
  const parts: string[] = [];
  let rest = self;
  for (let at = rest.lastIndexOf(separator); at >= 0 && parts.length < limit; at = rest.lastIndexOf(separator)) {
    parts.unshift(rest.slice(at + separator.length));
    rest = rest.slice(0, at);
  }
  return [rest, ...parts];
}

function nonEmpty(separator: string): string {
  if (separator === "") throw new PythonError("ValueError", "empty separator");
  return separator;
}
