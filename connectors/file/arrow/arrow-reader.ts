import type { FileReader, ReaderContext } from "../reader.js";

export function arrowReader(_reader: ReaderContext): FileReader {
  throw new Error("not yet");
}
