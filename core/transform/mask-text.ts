import { createHash, createHmac } from "node:crypto";
import { tokenizer } from "./tokenize.js";
import type { Mask } from "./transforms.js";

/** A mask over a text here, as `maskSql` is in the engine; `null` for the mask that gives null. */
export function maskText(mask: Mask): (text: string) => string | null {
  switch (mask.type) {
    case "sha256":
      return (text) => createHash("sha256").update(text).digest("hex");
    case "hmac_sha256": {
      const key = mask.key.reveal();
      return (text) => createHmac("sha256", key).update(text).digest("hex");
    }
    case "redact":
      return () => "[redacted]";
    case "null":
      return () => null;
    case "partial":
      return (text) => {
        const characters = [...text];
        // A text no longer than what may stay would stay whole.
        const stars = characters.length - (characters.length <= mask.keep ? 0 : mask.keep);
        return "*".repeat(stars) + characters.slice(stars).join("");
      };
    case "tokenize":
      return tokenizer(mask.key.reveal());
  }
}
