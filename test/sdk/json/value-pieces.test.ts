import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonText } from "../../../sdk/batch/json-text.js";
import { valuePieces } from "../../../sdk/json/value-pieces.js";
import { parseJson } from "../../../sdk/parse-json.js";

const filling = "x".repeat(70_000);

test("a long string is cut where nothing is torn", () => {
  const part = fc.constantFrom("é", "\\n", "\\u00e9", "\\ud83d\\ude00", "\\ud83d", "😀", "a", '\\"', "\\\\");
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 9 }), (parts) => {
      const bytes = Buffer.from(`"${parts.join("").repeat(40_000)}"`);
      const pieces: string[] = [];
      valuePieces(bytes, 0, bytes.length, (piece) => pieces.push(piece));
      expect(pieces.join("") === jsonText(JSON.parse(bytes.toString()))).toBe(true);
    }),
    { numRuns: 20 },
  );
});

test("the pieces of a value are the text of the parsed one, however long it is", () => {
  const numbers = fc.constantFrom("1.0", "-0", "1E2", "12345678901234567890", "0.10000000000000000001", '"\\u00e9\\/"');
  const member = fc.tuple(fc.constantFrom("a", "b", "10", "2", "__proto__", "ü", ""), numbers);
  fc.assert(
    fc.property(fc.array(member), fc.jsonValue(), (members, value) => {
      const inner = members.map(([key, number]) => `${JSON.stringify(key)} : ${number}`);
      const json = `[ {"long":"${filling}"${inner.map((text) => `, ${text}`).join("")}}, ${JSON.stringify(value)},[], {} ]`;
      const bytes = Buffer.from(json);
      const pieces: string[] = [];
      valuePieces(bytes, 0, bytes.length, (piece) => pieces.push(piece));
      expect(pieces.join("")).toBe(jsonText(parseJson(json)));
    }),
  );
});
