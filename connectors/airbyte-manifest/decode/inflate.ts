import { gunzipSync } from "node:zlib";
import { DataError } from "../../../sdk/errors.js";

/** How often a body may be compressed: once as a file, once more for its way. */
const mostTimes = 2;

/** A gzip body unpacked; one that is not compressed as it stands. @throws DataError `decode.gzip` */
export function inflated(bytes: Uint8Array, maxBytes: number): Uint8Array {
  let body = bytes;
  for (let times = 0; times < mostTimes && body[0] === 0x1f && body[1] === 0x8b; times++) {
    try {
      body = gunzipSync(body, { maxOutputLength: maxBytes });
    } catch (cause) {
      throw new DataError("decode.gzip", `a gzip body is damaged or unpacks to more than ${maxBytes} bytes`, { cause });
    }
  }
  return body;
}
