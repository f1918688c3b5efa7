/** `urllib.parse.quote`: UTF-8 bytes as %XX but for letters, digits, `_.-~` and the characters in `safe`. */
export function urlQuote(text: string | Uint8Array, safe: string): string {
  let result = "";
  for (const byte of typeof text === "string" ? Buffer.from(text, "utf8") : text) {
    const character = String.fromCharCode(byte);
    const isPlain = /[\w.~-]/.test(character) || safe.includes(character);
    result += isPlain ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return result;
}

/** `urllib.parse.quote_plus`: the same with `+` for a space. */
export function urlQuotePlus(text: string | Uint8Array): string {
  return urlQuote(text, " ").replaceAll(" ", "+");
}
