import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { editorSchema } from "../../core/project/editor-schema.js";
import { projectFileName } from "../../core/project/find-project.js";
import { ConfigError } from "../../sdk/errors.js";
import type { Cli } from "../cli.js";
import { firstProject } from "../first-project.js";
import { print, printDocument } from "../output/print.js";

/** `sluice init`: writes a project that runs as it is. Files that exist are never overwritten. */
export async function init(cli: Cli, { dir = "." }: { readonly dir: string | undefined }): Promise<number> {
  const folder = resolve(cli.cwd, cli.options.project ?? "", dir);
  if (existsSync(join(folder, projectFileName))) {
    throw new ConfigError("project.exists", `${folder} already has a ${projectFileName}`, {
      hint: "name another folder",
    });
  }
  const schema = await editorSchema(cli.sources, cli.destinations);
  const files = { ...firstProject, ".sluice/schema.json": `${JSON.stringify(schema, undefined, 2)}\n` };
  const written = Object.entries(files).filter(([path]) => !existsSync(join(folder, path)));
  for (const [path, content] of written) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  printDocument(cli, { dir: folder, files: written.map(([path]) => path) });
  const { accent, dim, good } = cli.paint;
  const steps = [
    ...(folder === cli.cwd ? [] : [`cd ${relative(cli.cwd, folder)}`]),
    "sluice sync",
    'sluice query "select country, count(*), sum(total) from shop.orders join shop.customers using (customer_id) group by 1"',
  ];
  print(cli, `${good("✓")} a project in ${folder}\n`);
  for (const [path] of written) print(cli, `  ${dim(path)}`);
  print(cli, `\nNow run\n\n${steps.map((step) => `  ${accent(step)}`).join("\n")}`);
  return 0;
}
