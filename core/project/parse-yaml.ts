import { type Document, parseDocument, visit, type YAMLError } from "yaml";
import { guardCalls, restoreMarks } from "./flow-marks.js";

/**
 * YAML 1.2 in which two things that YAML would take apart may stand without quotes between braces and brackets too:
 * `${NAME}`, and what stands in parentheses on one line, as in `{ day: date_trunc('day', at), total: decimal(12,2) }`.
 * Every place in the document is as in the text.
 */
export function parseYaml(text: string, options: Parameters<typeof parseDocument>[1]): Document.Parsed {
  const document = parseDocument(guardCalls(text), options);
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === "string") node.value = restoreMarks(node.value);
      if (node.source !== undefined) node.source = restoreMarks(node.source);
    },
  });
  for (const problem of [...document.errors, ...document.warnings]) restore(problem);
  return document;
}

function restore(problem: YAMLError): void {
  problem.message = restoreMarks(problem.message);
}
