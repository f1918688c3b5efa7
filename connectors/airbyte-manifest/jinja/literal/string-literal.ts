import type { PyBytes } from "../values/value.js";
import { simpleEscapes } from "./simple-escapes.js";

const opening = /(?:[rR]|[bB]|[uU]|[bB][rR]|[rR][bB])?("""|'''|"|')/y;

/** The string or bytes literal at a place in Python source, and where it ends; undefined where none is, or a bad one. */
export function stringAt(source: string, at: number): { value: string | PyBytes; end: number } | undefined {
  opening.lastIndex = at;
  const open = opening.exec(source);
  if (open === null) return undefined;
  const quote = open[1]!;
  const prefix = open[0].slice(0, -quote.length).toLowerCase();
  const start = at + open[0].length;
  let end = start;
  while (!source.startsWith(quote, end)) {
    if (end >= source.length || (source[end] === "\n" && quote.length === 1)) return undefined;
    end += source[end] === "\\" ? 2 : 1;
  }
  if (end > source.length) return undefined;
  const body = source.slice(start, end);
  const isBytes = prefix.includes("b");
  const text = prefix.includes("r") ? body : unescaped(body, isBytes);
  if (text === undefined || (isBytes && /[^\0-\xff]/.test(text))) return undefined;
  if (isBytes && /[^\0-\x7f]/.test(body)) return undefined;
  const value = isBytes ? ({ kind: "bytes", data: new Uint8Array(Buffer.from(text, "latin1")) } as const) : text;
  return { value, end: end + quote.length };
}

function unescaped(body: string, isBytes: boolean): string | undefined {
  if (!body.includes("\\")) return body;
  let isBad = false;
  const text = body.replace(
    /\\(?:([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([\s\S]))/g,
    (whole, octal?: string, x?: string, u?: string, long?: string, other?: string) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & (isBytes ? 0xff : 0x1ff));
      if (x !== undefined) return String.fromCharCode(Number.parseInt(x, 16));
      if (isBytes && (u !== undefined || long !== undefined || other === "u" || other === "U" || other === "N"))
        return whole;
      if (u !== undefined) return String.fromCharCode(Number.parseInt(u, 16));
      if (long !== undefined) {
        const code = Number.parseInt(long, 16);
        if (code <= 0x10ffff) return String.fromCodePoint(code);
      }
      if (other === undefined || "xuUN".includes(other)) {
        isBad = true;
        return "";
      }
      return simpleEscapes[other] ?? whole;
    },
  );
  return isBad ? undefined : text;
}
