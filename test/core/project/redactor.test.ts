import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRedactor } from "../../../core/project/redactor.js";

describe("redactor", () => {
  it("hides a secret however it is written", () => {
    const secret = 'p@ss "word"/+ü';
    const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64"), JSON.stringify(secret)];
    const redactor = createRedactor();
    redactor.remember(secret);
    for (const form of forms)
      expect(redactor.redact(`before ${form} after`)).toMatch(/^before "?\[secret\]"?=* after$/);
  });

  it("hides the password of a URL, encoded or not, and leaves the host readable", () => {
    const redactor = createRedactor();
    redactor.remember("postgres://bob:s3cr%40t!@db.example.com:5432/shop");
    expect(redactor.redact("login with s3cr@t! or s3cr%40t! at db.example.com")).toBe(
      "login with [secret] or [secret] at db.example.com",
    );
  });

  it("never lets a remembered secret through", () => {
    const secrets = fc.array(fc.string({ minLength: 4, unit: "grapheme" }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(secrets, fc.array(fc.string()), (hidden, words) => {
        fc.pre(hidden.every((secret) => !"[secret]".includes(secret)));
        const redactor = createRedactor();
        hidden.forEach(redactor.remember);
        const text = redactor.redact([...words, ...hidden].join(" | "));
        for (const part of text.split("[secret]")) for (const secret of hidden) expect(part).not.toContain(secret);
      }),
    );
  });

  it("changes nothing before it knows a secret", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(createRedactor().redact(text)).toBe(text);
      }),
    );
  });
});
