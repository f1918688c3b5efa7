import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { folderName, isOlderTag, tableFolder, writerTag } from "../../../destinations/file/layout.js";

describe("folderName", () => {
  it("keeps ordinary names as they are", () => {
    for (const name of ["orders", "Order-Lines_2", "v1.orders", "_airbyte_raw"]) expect(folderName(name)).toBe(name);
  });

  it("escapes what a path or a file system would read otherwise", () => {
    expect(folderName("a/b\\c")).toBe("a%2Fb%5Cc");
    expect(folderName("..")).toBe("%2E%2E");
    expect(folderName(".hidden")).toBe("%2Ehidden");
    expect(folderName("dot.")).toBe("dot%2E");
    expect(folderName("größe")).toBe("gr%C3%B6%C3%9Fe");
    expect(folderName("100%")).toBe("100%25");
    expect(folderName("")).toBe("%");
  });

  it("keeps our own folders apart from tables of their names", () => {
    expect(folderName("_sluice_loads")).toBe("%5Fsluice_loads");
    expect(folderName("_log")).toBe("%5Flog");
    expect(tableFolder("/lake", "s", "_sluice_state").root).toBe("/lake/s/_sluice_state");
  });

  it("gives different names different folders of one safe part each, however long", () => {
    const name = fc.oneof(fc.string({ unit: "grapheme", maxLength: 300 }), fc.string({ maxLength: 10 }));
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(folderName(a)).toMatch(/^[A-Za-z0-9_%-](?:[A-Za-z0-9_.%-]*[A-Za-z0-9_%-])?$/);
        expect(folderName(a).length).toBeLessThanOrEqual(200);
        if (Buffer.compare(Buffer.from(a), Buffer.from(b)) !== 0) expect(folderName(a)).not.toBe(folderName(b));
      }),
    );
    expect(folderName(`${"x".repeat(300)}a`)).not.toBe(folderName(`${"x".repeat(300)}b`));
  });
});

describe("isOlderTag", () => {
  const mine = writerTag("stream", 3);

  it("knows the files of earlier writers of the same stream, and only those", () => {
    expect(isOlderTag(`part-0-0-${writerTag("stream", 2)}.parquet`, mine)).toBe(true);
    expect(isOlderTag(`part-0-0-${writerTag("stream", 2)}.csv.gz`, mine)).toBe(true);
    expect(isOlderTag(`7f3c.${writerTag("stream", 1)}.tmp`, mine)).toBe(true);
    expect(isOlderTag(`part-0-0-${mine}.parquet`, mine)).toBe(false);
    expect(isOlderTag(`part-0-0-${writerTag("stream", 4)}.parquet`, mine)).toBe(false);
    expect(isOlderTag(`part-0-0-${writerTag("other", 1)}.parquet`, mine)).toBe(false);
    expect(isOlderTag("notes.txt", mine)).toBe(false);
  });
});
