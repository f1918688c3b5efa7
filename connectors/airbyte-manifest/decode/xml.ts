import { pyDict } from "../jinja/values/dict.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";

const maxDepth = 200;

/**
 * An XML document as the xmltodict library gives it: attributes under `@name`, text under `#text` beside others or by
 * itself, children of one name as a list, an empty element null. Undefined for what is no XML. Entities beyond the five
 * of XML are not expanded: nothing outside the document is ever read, and nothing grows.
 */
export function xmlValue(text: string): PyDict | undefined {
  const open: Element[] = [{ name: "", content: pyDict(), text: "" }];
  let roots = 0;
  for (const [token, comment, cdata, closing, opening, selfClosing] of text.matchAll(tokens)) {
    const current = open.at(-1) as Element;
    if (comment !== undefined) continue;
    if (cdata !== undefined) current.text += cdata;
    else if (closing !== undefined) {
      if (open.length < 2 || closing !== current.name) return undefined;
      finish(open);
    } else if (opening !== undefined) {
      if (open.length > maxDepth) return undefined;
      const name = /^[^\s/>]+/.exec(opening)?.[0] as string;
      if (open.length === 1 && ++roots > 1) return undefined;
      open.push({ name, content: attributesOf(opening.slice(name.length)), text: "" });
      if (selfClosing === "/") finish(open);
    } else if (open.length > 1) current.text += unescaped(token);
    else if (token.trim() !== "" && token.trim() !== "\uFEFF") return undefined;
  }
  return open.length === 1 && roots === 1 ? open[0]?.content : undefined;
}

interface Element {
  readonly name: string;
  readonly content: PyDict;
  text: string;
}

const tokens =
  /(<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^[>]*(?:\[.*?\])?[^>]*>)|<!\[CDATA\[(.*?)\]\]>|<\/([^\s>]+)\s*>|<([^\s!?/>][^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*?)*?)(\/?)>|[^<]+/gs;

function attributesOf(source: string): PyDict {
  const attributes = pyDict();
  for (const [, name, double, single] of source.matchAll(/([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    attributes.set(`@${name}`, unescaped(double ?? single ?? ""));
  }
  return attributes;
}

function finish(open: Element[]): void {
  const { name, content, text } = open.pop() as Element;
  const own = text.trim();
  if (own !== "" && content.size > 0) content.set("#text", own);
  const value: PyValue = content.size > 0 ? content : own === "" ? null : own;
  const siblings = (open.at(-1) as Element).content;
  const present = siblings.get(name);
  if (present === undefined) siblings.set(name, value);
  else if (Array.isArray(present)) present.push(value);
  else siblings.set(name, [present, value]);
}

const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return named[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
