import { PythonError } from "../values/python-error.js";
import { quoted } from "../values/quoted.js";
import type { PyBytes, PyValue } from "../values/value.js";

type Encoding = "utf8" | "latin1" | "ascii" | "utf16le";

/** `str.encode(encoding, errors)`. */
export function encodeText(text: string, encoding?: PyValue, errors?: PyValue): PyBytes {
  const codec = codecOf(encoding);
  const limit = codec === "ascii" ? 0x7f : codec === "latin1" ? 0xff : undefined;
  if (limit === undefined) {
    if (/[\ud800-\udfff]/u.test(text)) throw new PythonError("UnicodeEncodeError", "surrogates not allowed");
    return { kind: "bytes", data: new Uint8Array(Buffer.from(text, codec)) };
  }
  const encoded = Array.from(text, (character) => {
    if ((character.codePointAt(0) ?? 0) <= limit) return character;
    if (errors === "ignore") return "";
    if (errors === "replace") return "?";
    throw new PythonError("UnicodeEncodeError", `'${codec}' codec can't encode character ${quoted(character)}`);
  }).join("");
  return { kind: "bytes", data: new Uint8Array(Buffer.from(encoded, "latin1")) };
}

/** `bytes.decode(encoding, errors)`. */
export function decodeBytes(data: Uint8Array, encoding?: PyValue, errors?: PyValue): string {
  const codec = codecOf(encoding);
  if (codec === "utf8") {
    try {
      return new TextDecoder("utf-8", { fatal: errors !== "ignore" && errors !== "replace", ignoreBOM: true }).decode(
        data,
      );
    } catch {
      throw new PythonError("UnicodeDecodeError", "'utf-8' codec can't decode bytes: invalid data");
    }
  }
  if (codec === "ascii" && data.some((byte) => byte > 0x7f)) {
    throw new PythonError("UnicodeDecodeError", "'ascii' codec can't decode bytes: ordinal not in range(128)");
  }
  return Buffer.from(data).toString(codec);
}

function codecOf(encoding: PyValue | undefined): Encoding {
  const name = encoding === undefined ? "utf8" : String(encoding).toLowerCase().replace(/[-_ ]/g, "");
  if (name === "utf8" || name === "u8") return "utf8";
  if (name === "ascii" || name === "usascii") return "ascii";
  if (name === "latin1" || name === "iso88591" || name === "l1") return "latin1";
  if (name === "utf16le") return "utf16le";
  throw new PythonError("LookupError", `unknown encoding: ${String(encoding)}`);
}
