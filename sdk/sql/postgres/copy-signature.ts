import { SystemError } from "../../errors.js";
import type { CopyBlock } from "./copy-block.js";

const signature = [0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0x00];

/**
 * Checks `PGCOPY\n\xff\r\n\0`, flags and extension, which the first message begins with, and returns their length. The
 * first row follows in the same message.
 * @throws SystemError `postgres.malformed_copy`
 */
export function signatureBytes({ bytes, view, start }: CopyBlock): number {
  if (signature.some((byte, index) => bytes[start + 5 + index] !== byte) || view.getInt32(start + 16) !== 0) {
    throw new SystemError("postgres.malformed_copy", "the server's data does not begin as COPY's binary format does");
  }
  return 19 + view.getInt32(start + 20);
}
