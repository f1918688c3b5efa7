import { decodeBytes } from "../text/encoding.js";
import { bindArguments, callable } from "../values/call.js";
import type { PyBytes, PyValue } from "../values/value.js";

/** A method of bytes. */
export function bytesMember(self: PyBytes, name: string): PyValue | undefined {
  if (name === "hex") return callable(name, () => Buffer.from(self.data).toString("hex"));
  if (name !== "decode") return undefined;
  return callable(name, (args, keywords) => {
    const [encoding, errors] = bindArguments(name, "encoding? errors?", args, keywords);
    return decodeBytes(self.data, encoding, errors);
  });
}
