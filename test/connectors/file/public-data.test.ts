import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { load } from "./file-source.js";

const data = fileURLToPath(new URL("../../../node_modules/vega-datasets/data/", import.meta.url));

describe.each([
  ["batches", false],
  ["scans", true],
])("public data read as %s", (_name, scans) => {
  it("airports.csv: every value as it is written", async () => {
    const { columns, rows } = await load(data, { path: "airports.csv" }, { scans });
    expect(columns).toEqual([
      ...["iata", "name", "city", "state", "country"].map((name) => `${name}:string`),
      "latitude:decimal(18,8)",
      "longitude:decimal(18,8)",
    ]);
    const written = readFileSync(join(data, "airports.csv"), "utf8").trimEnd().split(/\r?\n/).slice(1);
    expect(rows).toHaveLength(written.length);
    const plain = (row: readonly (string | null)[]) =>
      row
        .map((value, i) => (i < 5 ? (value ?? "") : value!.replace(/\.?0+$/, "")))
        .join(",")
        .replaceAll('"', "");
    expect(rows.map(plain).sort()).toEqual(
      written.map((line) => line.replaceAll('"', "").replaceAll(/(\.\d*?)0+(?=,|$)/g, "$1")).sort(),
    );
  });

  it("birdstrikes.csv: dates and counts", async () => {
    const { columns, rows } = await load(data, { path: "birdstrikes.csv" }, { scans });
    expect(rows).toHaveLength(10_000);
    expect(columns).toContain("Flight Date:date");
    expect(columns).toContain("Cost Total $:int64");
    expect(rows.some((row) => row[0] === "BARKSDALE AIR FORCE BASE ARPT" && row[3] === "1990-01-08")).toBe(true);
  });

  it("flights-200k.json and its Arrow twin hold the same flights", async () => {
    const json = await load(data, { path: "flights-200k.json" }, { scans });
    const arrow = await load(data, { path: "flights-200k.arrow" }, { scans });
    expect(json.columns).toEqual(["delay:int64", "distance:int64", "time:float64"]);
    expect(arrow.columns).toEqual(["delay:int16", "distance:int16", "time:float32"]);
    expect(json.rows.map(([delay, distance]) => `${delay} ${distance}`)).toEqual(
      arrow.rows.map(([delay, distance]) => `${delay} ${distance}`),
    );
  });

  it("movies.json and earthquakes.json: nested values keep their text", async () => {
    const movies = await load(data, { path: "movies.json" }, { scans });
    expect(movies.rows).toHaveLength(3201);
    expect(movies.columns).toContain("IMDB Rating:decimal(18,1)");
    const earthquakes = await load(data, { path: "earthquakes.json" }, { scans });
    const document = JSON.parse(readFileSync(join(data, "earthquakes.json"), "utf8")) as { features: object[] };
    expect(earthquakes.columns).toEqual(["type:string", "properties:json", "geometry:json", "id:string"]);
    expect(earthquakes.rows.map(([, properties]) => JSON.parse(properties!))).toEqual(
      document.features.map((feature) => (feature as { properties: unknown }).properties),
    );
  });
});

describe("flights-3m.parquet", () => {
  it("has its declared types, and the rows and columns asked for", async () => {
    const { columns, rows } = await load(
      data,
      { path: "flights-3m.parquet" },
      {
        scans: true,
        columns: ["origin", "delay", "date"],
        filter: [
          { column: "distance", operator: ">", values: ["2600"] },
          { column: "origin", operator: "in", values: ["BOS", "SFO"] },
        ],
      },
    );
    expect(columns).toEqual(["origin:string", "delay:int64", "date:datetime"]);
    expect(rows.length).toBeGreaterThan(1000);
    expect(new Set(rows.map(([origin]) => origin))).toEqual(new Set(["BOS", "SFO"]));
  });
});
