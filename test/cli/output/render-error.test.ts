import { describe, expect, it } from "vitest";
import { errorDocument } from "../../../cli/output/error-document.js";
import { palette } from "../../../cli/output/palette.js";
import { renderError } from "../../../cli/output/render-error.js";
import { ProjectError } from "../../../core/project/problem.js";
import { createRedactor } from "../../../core/project/redactor.js";
import { TransientError } from "../../../sdk/errors.js";

const plain = palette({ isTTY: true }, { NO_COLOR: "1" }, true);

const project = new ProjectError([
  {
    code: "project.unknown_key",
    message: "unknown key 'primry_key' in 'connections.shop.streams.orders'",
    hint: "did you mean 'primary_key'?",
    place: { file: "sluice.yaml", line: 14, column: 10, length: 10, excerpt: "\t        primry_key: [id]" },
  },
]);

describe("renderError", () => {
  it("shows the place in the file, marked, and the fix", () => {
    expect(renderError(project, plain).split("\n")).toEqual([
      "✗ unknown key 'primry_key' in 'connections.shop.streams.orders'  project.unknown_key",
      "  sluice.yaml:14:10",
      "  14 │ \t        primry_key: [id]",
      "     │ \t        ^^^^^^^^^^",
      "  fix did you mean 'primary_key'?",
      "",
    ]);
  });

  it("shows a stack only when asked", () => {
    const error = new TransientError("postgres.unreachable", "db:5432 does not answer", { hint: "is it running?" });
    expect(renderError(error, plain)).toBe("✗ db:5432 does not answer  postgres.unreachable\n  fix is it running?\n");
    expect(renderError(error, plain, { stack: true })).toContain("render-error.test");
  });
});

describe("errorDocument", () => {
  it("holds no secret and no stack", () => {
    const redactor = createRedactor();
    redactor.remember("hunter22");
    const document = errorDocument(new TransientError("a.b", "hunter22 refused", { hint: "not hunter22" }), redactor);
    expect(document).toEqual({
      error: { kind: "transient", code: "a.b", message: "[secret] refused", hint: "not [secret]" },
    });
  });

  it("gives programs the kind, the code and every place", () => {
    expect(errorDocument(project, createRedactor())).toMatchObject({
      error: {
        kind: "config",
        code: "project.unknown_key",
        place: { file: "sluice.yaml", line: 14, column: 10 },
        problems: [{ hint: expect.any(String) }],
      },
    });
  });
});
