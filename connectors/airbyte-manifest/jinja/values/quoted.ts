const named: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A string as Python's `repr` writes it: single quotes unless only they occur in it, unprintable characters escaped. */
export function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replace(/[\\'"\p{C}\p{Z}]/gu, (character) => {
    if (character === " ") return " ";
    if (character === "'" || character === '"') return character === quote ? `\\${character}` : character;
    return named[character] ?? escaped(character.codePointAt(0) ?? 0);
  });
  return `${quote}${body}${quote}`;
}

function escaped(code: number): string {
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
}

/** The text with every character beyond ASCII escaped, as `ascii()` writes it. */
export function asciiOnly(text: string): string {
  return text.replace(/[^ -~]/gu, (character) => escaped(character.codePointAt(0) ?? 0));
}

/** Bytes as Python's `repr` writes them. */
export function quotedBytes(data: Uint8Array): string {
  const latin = Buffer.from(data).toString("latin1");
  const quote = latin.includes("'") && !latin.includes('"') ? '"' : "'";
  const body = latin.replace(/[^ !#-&(-[\]-~]/g, (character) => {
    if (character === "'" || character === '"') return character === quote ? `\\${character}` : character;
    return named[character] ?? escaped(character.charCodeAt(0));
  });
  return `b${quote}${body}${quote}`;
}
