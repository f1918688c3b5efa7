import { describe, expect, it } from "vitest";
import { density } from "../../../destinations/duckdb/wide-rows.js";

const megabyte = 1024 * 1024;

describe("the density of a table's rows", () => {
  it("has room for narrow rows without end", () => {
    const table = density(16 * megabyte);
    for (let batch = 0; batch < 1000; batch++) {
      const coming = { rows: 32_768, bytes: 4 * megabyte };
      expect(table.hasRoom(coming)).toBe(true);
      table.add(coming);
    }
    expect(table.isWide).toBe(false);
    expect(table.total).toEqual({ rows: 32_768_000, bytes: 4000 * megabyte });
  });

  it("has room for narrow rows however many come at once", () => {
    const table = density(10 * megabyte);
    const coming = { rows: 28_000, bytes: 8 * megabyte };
    table.add(coming);
    expect(table.hasRoom(coming)).toBe(true);
    table.add(coming);
    expect(table.isWide).toBe(false);
  });

  it("has room for wide rows up to its limit, and then again in a part of their own", () => {
    const table = density(16 * megabyte);
    const coming = { rows: 6, bytes: 6 * megabyte };
    table.add(coming);
    expect(table.hasRoom(coming)).toBe(true);
    table.add(coming);
    expect(table.hasRoom(coming)).toBe(false);
    table.startPart();
    expect(table.hasRoom(coming)).toBe(true);
    expect(table.isWide).toBe(true);
  });

  it("has room for one batch, however large", () => {
    expect(density(megabyte).hasRoom({ rows: 1, bytes: 50 * megabyte })).toBe(true);
  });

  it.each([
    ["few rows that would be too much were they many", { rows: 2, bytes: megabyte }, true],
    ["a few bytes", { rows: 1, bytes: 200 * 1024 }, false],
    ["rows of 4 kB", { rows: 1000, bytes: 4 * megabyte }, false],
    ["very many of 300 B", { rows: 200_000, bytes: 60 * megabyte }, false],
  ])("says of %s whether they are wide", (_, coming, isWide) => {
    const table = density(16 * megabyte);
    table.add(coming);
    expect(table.isWide).toBe(isWide);
    table.startLoad();
    expect(table.isWide).toBe(false);
  });
});
