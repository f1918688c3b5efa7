import { type Document, parseDocument, visit, type YAMLError } from "yaml";

/** Noncharacters (Unicode 16, 23.7), which no text holds, in place of the braces of a reference. */
const [opening, closing] = ["\ufdd0", "\ufdd1"];

/**
 * YAML 1.2 in which `${NAME}` may stand without quotes anywhere, also in `{ url: ${URL} }`, where YAML itself would read its
 * brace as the start of a map. Every place in the document is as in the text.
 */
export function parseYaml(text: string, options: Parameters<typeof parseDocument>[1]): Document.Parsed {
  const document = parseDocument(text.replaceAll(/\$\{([^{}\r\n]*)\}/g, `$$${opening}$1${closing}`), options);
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === "string") node.value = restored(node.value);
      if (node.source !== undefined) node.source = restored(node.source);
    },
  });
  for (const problem of [...document.errors, ...document.warnings]) restore(problem);
  return document;
}

function restore(problem: YAMLError): void {
  problem.message = restored(problem.message);
}

function restored(text: string): string {
  return text.replaceAll(opening, "{").replaceAll(closing, "}");
}
