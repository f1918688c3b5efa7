import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cli } from "../cli.js";
import { newFiles } from "../connector/new-files.js";
import { print, printDocument } from "../output/print.js";
import { UsageError } from "../usage-error.js";

export interface NewConnectorInput {
  readonly name: string;
  /** A description in YAML instead of TypeScript. */
  readonly rest: boolean;
}

/** `sluice connector new`: writes a connector that passes its checks as it is. */
export async function newConnector(cli: Cli, { name, rest }: NewConnectorInput): Promise<number> {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    throw new UsageError("usage.connector_name", `'${name}' is no name for a connector`, {
      hint: "lower-case letters, digits and dashes, such as spare-parts",
    });
  }
  const files = Object.entries(newFiles(name, { rest }));
  for (const [file] of files) {
    if (!existsSync(join(cli.cwd, file))) continue;
    throw new UsageError("usage.file_exists", `there is a file '${file}' already`, { hint: "choose another name" });
  }
  for (const [file, text] of files) writeFileSync(join(cli.cwd, file), text);
  printDocument(cli, { files: files.map(([file]) => file) });
  const { good, accent } = cli.paint;
  print(cli, files.map(([file]) => `${good("✓")} ${file}`).join("\n"));
  print(cli, `\nTry it: ${accent(`sluice connector test ./${files[0]![0]}`)}`);
  return 0;
}
