import { describe, expect, it } from "vitest";
import { placeOfError } from "../../../core/project/place-of-error.js";
import { parseProjectText } from "../../../core/project/project-text.js";

const text = parseProjectText(
  `connections:
  shop:
    source: shop
    defaults: { cursor: changed }
    streams:
      public.ordres:
      public.*:
        primary_key: [id, lin]
        filter: totl > 5
`,
  "sluice.yaml",
);

describe("placeOfError", () => {
  it.each([
    ["a stream, by its name", { stream: "public.ordres" }, 6, 7],
    ["a stream, by the pattern that took it", { stream: "public.items" }, 7, 7],
    ["a column, where an option names it", { stream: "public.items", column: "lin" }, 8, 27],
    ["a column of a filter", { stream: "public.items", column: "totl" }, 9, 17],
    ["a column of the defaults", { stream: "public.items", column: "changed" }, 4, 25],
    ["a connection, where nothing names the stream", { stream: "elsewhere" }, 2, 3],
  ])("finds %s", (_, where, line, column) => {
    const error = { kind: "config", code: "stream.no_column", message: "", ...where } as const;
    expect(placeOfError(text, "shop", error)).toMatchObject({ file: "sluice.yaml", line, column });
  });

  it("says nothing of errors that are not about the file", () => {
    const error = { kind: "data", code: "csv.columns", message: "", stream: "public.ordres" } as const;
    expect(placeOfError(text, "shop", error)).toBeUndefined();
  });
});
