import { createHash } from "node:crypto";
import type { Secret } from "../../sdk/config/secret.js";
import type { Mask, TokenizeMask } from "./transforms.js";

/** Gives a value to the statement outside its text, and returns what stands for it there. */
export type BindBytes = (value: Uint8Array) => string;

/** The SQL of a mask over an SQL text; null stays null. `tokenize` is a function of this name: see `tokenize.ts`. */
export function maskSql(mask: Exclude<Mask, TokenizeMask>, text: string, bind: BindBytes): string {
  switch (mask.type) {
    case "sha256":
      return `sha256(${text})`;
    case "hmac_sha256": {
      const { inner, outer } = hmacPads(mask.key);
      return `sha256(${bind(outer)}::BLOB || unhex(sha256(${bind(inner)}::BLOB || encode(${text}))))`;
    }
    case "redact":
      return `CASE WHEN ${text} IS NOT NULL THEN '[redacted]' END`;
    case "null":
      return `CASE WHEN false THEN ${text} END`;
    case "partial":
      // A text no longer than what may stay would stay whole.
      return `CASE WHEN length(${text}) <= ${mask.keep} THEN repeat('*', length(${text}))
        ELSE repeat('*', length(${text}) - ${mask.keep}) || right(${text}, ${mask.keep}) END`;
  }
}

/** The key's two paddings of HMAC with SHA-256 (RFC 2104). */
function hmacPads(key: Secret): { inner: Uint8Array; outer: Uint8Array } {
  const bytes = Buffer.from(key.reveal());
  const block = Buffer.alloc(64);
  (bytes.length > 64 ? createHash("sha256").update(bytes).digest() : bytes).copy(block);
  return { inner: block.map((byte) => byte ^ 0x36), outer: block.map((byte) => byte ^ 0x5c) };
}
