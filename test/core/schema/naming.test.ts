import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fold, targetNames } from "../../../core/schema/naming.js";

const postgres = { maxIdentifierBytes: 63, caseInsensitive: false };
const duckdb = { maxIdentifierBytes: 10_000, caseInsensitive: true };
const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 90 }),
  fc.string({ maxLength: 3 }),
  fc.constantFrom("id", "ID", "Id", "é", "é", "select", '"; drop table x --', "_sluice_load_id", "", "a".repeat(70)),
);

describe("target names", () => {
  it("leave a plain name as it is", () => {
    expect(targetNames(["id", "Total", "größe", 'with "quotes"'], postgres).get('with "quotes"')).toBe('with "quotes"');
    expect([...targetNames(["id", "Total"], postgres).values()]).toEqual(["id", "Total"]);
  });

  it("keep twins by case apart where the destination does not, the lower-case one unchanged", () => {
    const names = targetNames(["ID", "id"], duckdb);
    expect(names.get("id")).toBe("id");
    expect(names.get("ID")).toMatch(/^ID_[0-9a-f]{8}$/);
  });

  it("keep two names apart that would be cut to the same 63 bytes", () => {
    const names = [...targetNames([`${"a".repeat(70)}_users`, `${"a".repeat(70)}_orders`], postgres).values()];
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
  });

  it("keep a reserved name apart from one that looks like what becomes of it", () => {
    const [once] = targetNames(["_sluice_load_id"], duckdb).values();
    const again = targetNames(["_sluice_load_id", once!], duckdb);
    expect(again.get(once!)).toBe(once);
    expect(again.get("_sluice_load_id")).toMatch(/^source_load_id_[0-9a-f]{8}_[0-9a-f]{8}$/);
  });

  it("never change once chosen", () => {
    const taken = new Map([["ID", "ID"]]);
    expect(targetNames(["id", "ID"], duckdb, taken).get("ID")).toBe("ID");
    expect(targetNames(["id", "ID"], duckdb, taken).get("id")).toMatch(/^id_[0-9a-f]{8}$/);
  });

  it("stay what they are when more names come, and never take a reserved one", () => {
    const names = fc.uniqueArray(hostile, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(names, names, fc.constantFrom(postgres, duckdb), (first, more, rules) => {
        const taken = targetNames(first, rules);
        const all = [...new Set([...first, ...more])];
        const later = targetNames(all, rules, taken);
        for (const name of first) expect(later.get(name)).toBe(taken.get(name));
        const fresh = all.filter((name) => !taken.has(name));
        const beside = targetNames(fresh, rules, new Map(), [...taken.values()]);
        const folded = [...taken.values(), ...beside.values()].map((name) => fold(name, rules));
        expect(new Set(folded).size).toBe(all.length);
      }),
    );
  });

  it("are distinct, short enough, free of NUL and of Sluice's own prefix, and the same in any order", () => {
    fc.assert(
      fc.property(fc.uniqueArray(hostile, { maxLength: 12 }), fc.constantFrom(postgres, duckdb), (sources, rules) => {
        const names = targetNames(sources, rules);
        const folded = [...names.values()].map((name) => fold(name, rules));
        expect(new Set(folded).size).toBe(sources.length);
        for (const name of names.values()) {
          expect(name).not.toMatch(/^_sluice_|\0/);
          expect(name).not.toBe("");
          expect(Buffer.byteLength(name)).toBeLessThanOrEqual(rules.maxIdentifierBytes);
        }
      }),
    );
  });
});
