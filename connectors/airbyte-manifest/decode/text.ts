import iconv from "iconv-lite";
import { ConfigError, DataError } from "../../../sdk/errors.js";

/**
 * Bytes as text, by the names that Python has for encodings; a byte order mark is no part of it.
 * @throws ConfigError `manifest.encoding` for an encoding nobody knows · DataError `decode.encoding` for bytes that are not UTF-8
 */
export function decodedText(bytes: Uint8Array, encoding: string): string {
  const name = encoding.toLowerCase().replaceAll("_", "-");
  if (!["utf-8", "utf8", "utf-8-sig", "u8"].includes(name)) {
    if (iconv.encodingExists(name)) return iconv.decode(Buffer.from(bytes), name);
    throw new ConfigError("manifest.encoding", `the manifest has a decoder with the unknown encoding '${encoding}'`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DataError("decode.encoding", "the answer holds bytes that are no UTF-8", {
      cause,
      hint: "name the file's encoding in the manifest's decoder: `encoding: latin-1`",
    });
  }
}
