import type { Json } from "../../sdk/json.js";
import type { Cli } from "../cli.js";

/** Writes a result for people to stdout; nothing with --json, where the document stands alone. */
export function print(cli: Cli, text: string): void {
  if (!cli.options.json) cli.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** Writes the one JSON document of a command to stdout, with --json. */
export function printDocument(cli: Cli, document: Json | object): void {
  if (cli.options.json) cli.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
}

/** A remark for people on stderr: nothing with --quiet. */
export function remark(cli: Cli, text: string): void {
  if (!cli.options.quiet) cli.stderr.write(`${text}\n`);
}
