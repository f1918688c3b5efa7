import { SaxesParser } from "saxes";
import { DataError } from "../../errors.js";

/** An element: its attributes as `@name`, its text as `#text`, its children by name; several of one name are a list. */
interface Element {
  [name: string]: unknown;
}

/** Elements within elements, at most. */
const deepest = 200;

/**
 * An XML document as an object, after the convention of Python's xmltodict: an element with nothing but text is its text,
 * an empty one null. Entities that a document defines itself are not taken.
 * @throws DataError `http.not_xml`
 */
export function parseXml(text: string): unknown {
  const root: Element = {};
  const open: { readonly name: string; readonly element: Element; text: string }[] = [];
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw new DataError("http.not_xml", `the answer is not XML: ${error.message}`);
  });
  parser.on("doctype", (doctype) => {
    if (/<!ENTITY/i.test(doctype)) throw new DataError("http.not_xml", "the answer is XML that defines entities");
  });
  parser.on("opentag", ({ name, attributes }) => {
    if (open.length >= deepest) throw new DataError("http.not_xml", `the answer is XML nested deeper than ${deepest}`);
    const element: Element = {};
    for (const [attribute, value] of Object.entries(attributes)) put(element, `@${attribute}`, value);
    open.push({ name, element, text: "" });
  });
  const addText = (more: string) => {
    const current = open.at(-1);
    if (current !== undefined) current.text += more;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => {
    const { name, element, text: own } = open.pop()!;
    put(open.at(-1)?.element ?? root, name, contentOf(element, own));
  });
  parser.write(text).close();
  return root;
}

function contentOf(element: Element, text: string): unknown {
  const trimmed = text.trim();
  if (Object.keys(element).length === 0) return trimmed === "" ? null : trimmed;
  if (trimmed !== "") put(element, "#text", trimmed);
  return element;
}

/** Defined, not assigned: a name may be __proto__. */
function put(element: Element, name: string, value: unknown): void {
  const before = Object.hasOwn(element, name) ? element[name] : undefined;
  const next = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
  Object.defineProperty(element, name, { value: next, enumerable: true, writable: true, configurable: true });
}
