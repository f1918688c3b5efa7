/**
 * The members of a JSON object as their texts, exactly as they stand: what a parser would make of them is for the caller.
 * The text is taken to be valid JSON.
 */
export function rowMembers(json: string): Map<string, string> {
  const members = new Map<string, string>();
  let at = json.indexOf("{") + 1;
  for (;;) {
    const quote = json.indexOf('"', at);
    if (quote < 0) return members;
    const afterKey = stringEnd(json, quote);
    const start = json.indexOf(":", afterKey) + 1;
    const end = valueEnd(json, start);
    members.set(JSON.parse(json.slice(quote, afterKey)) as string, json.slice(start, end).trim());
    at = end + 1;
  }
}

/** The place after a string that begins here. */
function stringEnd(json: string, from: number): number {
  let at = from + 1;
  while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}

/** The place of the comma or brace that ends a member's value. */
function valueEnd(json: string, from: number): number {
  let depth = 0;
  for (let at = from; at < json.length; ) {
    const char = json[at]!;
    if (char === '"') {
      at = stringEnd(json, at);
      continue;
    }
    if (depth === 0 && (char === "," || char === "}")) return at;
    if (char === "{" || char === "[") depth++;
    if (char === "}" || char === "]") depth--;
    at++;
  }
  return json.length;
}
