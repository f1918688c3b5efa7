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
  for (let at = 0; at < text.length; ) {
    const current = open.at(-1) as Element;
    const token = tokenAt(text, at);
    if (token === undefined) return undefined;
    at = token.end;
    if (token.type === "text") {
      if (open.length > 1) current.text += token.text;
      else if (token.text.replace("\uFEFF", "").trim() !== "") return undefined;
    } else if (token.type === "closing") {
      if (open.length < 2 || token.text !== current.name) return undefined;
      finish(open);
    } else if (token.type === "opening") {
      if (open.length > maxDepth || (open.length === 1 && ++roots > 1)) return undefined;
      const name = /^[^\s/>]+/.exec(token.text)?.[0] as string;
      open.push({ name, content: attributesOf(token.text.slice(name.length)), text: "" });
      if (token.text.endsWith("/")) finish(open);
    }
  }
  return open.length === 1 && roots === 1 ? open[0]?.content : undefined;
}

interface Token {
  readonly type: "text" | "opening" | "closing" | "nothing";
  readonly text: string;
  /** Where the next one begins. */
  readonly end: number;
}

/** What is passed over, or taken as it stands, by how it begins and ends. */
const sections = [
  ["<!--", "-->", "nothing"],
  ["<![CDATA[", "]]>", "text"],
  ["<?", "?>", "nothing"],
] as const;

/** The token that begins at a place: undefined where it does not end. Each place is looked at once, whatever the text. */
function tokenAt(text: string, at: number): Token | undefined {
  if (text[at] !== "<") {
    const next = text.indexOf("<", at);
    const end = next < 0 ? text.length : next;
    return { type: "text", text: unescaped(text.slice(at, end)), end };
  }
  for (const [begin, finish, type] of sections) {
    if (!text.startsWith(begin, at)) continue;
    const end = text.indexOf(finish, at + begin.length);
    return end < 0 ? undefined : { type, text: text.slice(at + begin.length, end), end: end + finish.length };
  }
  tag.lastIndex = at;
  const [whole, closing, opening] = tag.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const end = at + whole.length;
  if (closing !== undefined) return { type: "closing", text: closing, end };
  return opening === undefined ? { type: "nothing", text: "", end } : { type: "opening", text: opening, end };
}

interface Element {
  readonly name: string;
  readonly content: PyDict;
  text: string;
}

const tag = /<(?:\/([^\s<>]+)\s*|([^\s!?/<>](?:[^<>"']|"[^<"]*"|'[^<']*')*)|!DOCTYPE[^[>]*(?:\[[^\]]*\])?[^>]*)>/sy;

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
