import { jsonText } from "../batch/json-text.js";
import { jsonValue } from "./json-records.js";
import { eachItem, eachMember, jsonByte } from "./json-scan.js";
import { keyText } from "./key-text.js";

/** Up to here a value is parsed as a whole. */
const shortBytes = 64 * 1024;

/** The text that `jsonText` makes of a value which stands in JSON text, piece by piece and with no more of it parsed at once. */
export function valuePieces(bytes: Buffer, start: number, end: number, put: (piece: string) => void): void {
  if (end - start > shortBytes && bytes[start] === jsonByte.openBracket) listPieces(bytes, start, end, put);
  else if (end - start > shortBytes && bytes[start] === jsonByte.openBrace) objectPieces(bytes, start, end, put);
  else if (end - start > shortBytes && bytes[start] === jsonByte.quote) stringPieces(bytes, start, end, put);
  else put(jsonText(jsonValue(bytes, start, end)));
}

/** Cut in front of plain ASCII, which is never the second half of anything. */
function stringPieces(bytes: Buffer, start: number, end: number, put: (piece: string) => void): void {
  put('"');
  let from = start + 1;
  for (let at = from; at < end; ) {
    const byte = bytes[at]!;
    if (at === end - 1 || (at - from >= shortBytes && byte < 0x80 && byte !== jsonByte.backslash)) {
      const part = JSON.stringify(JSON.parse(`"${bytes.toString("utf8", from, at)}"`));
      put(part.slice(1, -1));
      from = at;
    }
    if (byte !== jsonByte.backslash) at += 1;
    else at += bytes[at + 1] === letterU ? 6 : 2;
  }
  put('"');
}

const letterU = 0x75;

function listPieces(bytes: Buffer, start: number, end: number, put: (piece: string) => void): void {
  let lead = "[";
  eachItem(bytes, start, end, true, (from, to) => {
    put(lead);
    lead = ",";
    valuePieces(bytes, from, to, put);
  });
  put(lead === "[" ? "[]" : "]");
}

function objectPieces(bytes: Buffer, start: number, end: number, put: (piece: string) => void): void {
  // An object has its keys in its own order, and each of them once.
  const members: Record<string, readonly [number, number]> = Object.create(null);
  eachMember(bytes, start, end, true, (keyStart, keyEnd, from, to) => {
    members[keyText(bytes, keyStart, keyEnd)] = [from, to];
  });
  let lead = "{";
  for (const [key, [from, to]] of Object.entries(members)) {
    put(`${lead}${JSON.stringify(key)}:`);
    lead = ",";
    valuePieces(bytes, from, to, put);
  }
  put(lead === "{" ? "{}" : "}");
}
