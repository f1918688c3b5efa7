import { createHash, createHmac, getHashes } from "node:crypto";
import { asText } from "../members/method.js";
import { regexReplace, regexSearch } from "../regex/regex.js";
import { decodeBytes } from "../text/encoding.js";
import { dumpJson } from "../text/json-dump.js";
import { PythonError } from "../values/python-error.js";
import { str } from "../values/text.js";
import { isTruthy } from "../values/truth.js";
import { typeName } from "../values/type-name.js";
import { isUndefined, undefinedError } from "../values/undefined.js";
import type { PyValue } from "../values/value.js";
import { type Filters, filter } from "./filter.js";

/** Python's name of a hash in OpenSSL's words. */
const hashes: Readonly<Record<string, string>> = {
  md5: "md5",
  sha1: "sha1",
  sha224: "sha224",
  sha256: "sha256",
  sha384: "sha384",
  sha512: "sha512",
  sha3_224: "sha3-224",
  sha3_256: "sha3-256",
  sha3_384: "sha3-384",
  sha3_512: "sha3-512",
  blake2b: "blake2b512",
  blake2s: "blake2s256",
};

/** The filters that the low-code language adds to Jinja's, or replaces. */
export const hashFilters: Filters = {
  hash: filter("hash", "hash_type? salt?", (_run, value, [type = "md5", salt = null]) => {
    const name = typeof type === "string" && Object.hasOwn(hashes, type) ? hashes[type]! : "";
    if (!getHashes().includes(name) && name === "") {
      throw new PythonError("AttributeError", `No hashing function named ${str(type)}`);
    }
    const hash = createHash(name).update(str(value), "utf8");
    if (isTruthy(salt)) hash.update(str(salt), "utf8");
    return hash.digest("hex");
  }),
  hmac: filter("hmac", "key hash_type?", (_run, value, [key, type = "sha256"]) => {
    if (type !== "sha256") {
      throw new PythonError("ValueError", `Hash type '${str(type)}' is not allowed. Allowed types: sha256`);
    }
    return createHmac("sha256", str(key!)).update(str(value), "utf8").digest("hex");
  }),
  base64encode: filter("base64encode", "", (_run, value) => Buffer.from(encodable(value), "utf8").toString("base64")),
  base64decode: filter("base64decode", "", (_run, value) => decodeBytes(fromBase64(encodable(value)))),
  base64binascii_decode: filter("base64binascii_decode", "", (_run, value) => {
    const text = encodable(value);
    if (/[^\0-\x7f]/.test(text)) throw new PythonError("UnicodeEncodeError", "'ascii' codec can't encode characters");
    return Buffer.from(text, "latin1").toString("base64");
  }),
  string: filter("string", "", (run, value) => {
    if (
      typeof value === "string" ||
      (value !== null && typeof value === "object" && "kind" in value && value.kind === "markup")
    )
      return value;
    const json = dumpJson(run, value);
    run.characters(json.length);
    return `"""${json}"""`;
  }),
  regex_search: filter("regex_search", "regex", (run, value, [regex]) =>
    regexSearch(run, asText(regex), subject(value)),
  ),
  regex_replace: filter("regex_replace", "regex replacement", (run, value, [regex, by]) => {
    return regexReplace(run, asText(regex), asText(by), subject(value));
  }),
};

function encodable(value: PyValue): string {
  if (isUndefined(value)) throw undefinedError(value);
  if (typeof value === "string") return value;
  if (value !== null && typeof value === "object" && "kind" in value && value.kind === "markup") return value.text;
  throw new PythonError("AttributeError", `'${typeName(value)}' object has no attribute 'encode'`);
}

function subject(value: PyValue): string {
  if (typeof value === "string") return value;
  if (value !== null && typeof value === "object" && "kind" in value && value.kind === "markup") return value.text;
  throw new PythonError("TypeError", `expected string or bytes-like object, got '${typeName(value)}'`);
}

/** Base64 as Python reads it: other characters are skipped, what follows the padding is not read. */
function fromBase64(text: string): Uint8Array {
  let digits = "";
  let padding = 0;
  for (const character of text) {
    if (character === "=") {
      if (digits.length % 4 >= 2 && (digits.length % 4) + ++padding >= 4) return decoded(digits);
    } else if (/[A-Za-z0-9+/]/.test(character)) {
      digits += character;
      padding = 0;
    }
  }
  if (digits.length % 4 === 1) {
    const message = `number of data characters (${digits.length}) cannot be 1 more than a multiple of 4`;
    throw new PythonError("Error", `Invalid base64-encoded string: ${message}`);
  }
  if (digits.length % 4 !== 0) throw new PythonError("Error", "Incorrect padding");
  return decoded(digits);
}

function decoded(digits: string): Uint8Array {
  return new Uint8Array(Buffer.from(digits, "base64"));
}
