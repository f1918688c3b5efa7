import { ConfigError } from "../../sdk/errors.js";

const bytes: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

/**
 * The bytes of a size as people write it: `512MiB`, `1.5 GB`, `64k`. Without a unit it is bytes.
 * @throws ConfigError `size.invalid`
 */
export function parseSize(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  const unit = match && bytes[match[2]!.toLowerCase()];
  if (match === null || unit == null) {
    throw new ConfigError("size.invalid", `'${text}' is not a size`, {
      hint: "write a number and a unit: 512MiB, 2GiB or 500MB",
    });
  }
  return Math.round(Number(match[1]) * unit);
}
