import type { Cli } from "../cli.js";
import { print, printDocument } from "../output/print.js";
import { renderTable } from "../output/table.js";

/** `sluice connector list`: the connectors there are. */
export async function listConnectors(cli: Cli): Promise<number> {
  const sources = await Promise.all(
    Object.entries(cli.sources).map(async ([name, load]) => [name, await load()] as const),
  );
  const destinations = await Promise.all(
    Object.entries(cli.destinations).map(async ([name, load]) => [name, await load()] as const),
  );
  const names = [...new Set([...sources, ...destinations].map(([name]) => name))].sort();
  const rows = names.map((name) => {
    const source = sources.find(([other]) => other === name)?.[1];
    const destination = destinations.find(([other]) => other === name)?.[1];
    return { name, title: (source ?? destination)?.title ?? name, source: source !== undefined, destination };
  });
  printDocument(cli, {
    connectors: rows.map(({ destination, ...row }) => ({
      ...row,
      destination: destination !== undefined,
      ...(destination && { write_modes: destination.capabilities.writeModes }),
    })),
  });
  const titles = ["name", "", "source", "destination", "write modes"].map((title) => ({ title }));
  const mark = (has: boolean) => (has ? cli.paint.good("✓") : "");
  print(
    cli,
    renderTable(
      titles,
      rows.map(({ name, title, source, destination }) => [
        cli.paint.bold(name),
        title,
        mark(source),
        mark(destination !== undefined),
        cli.paint.dim(destination?.capabilities.writeModes.join(", ") ?? ""),
      ]),
      cli.paint,
    ),
  );
  return 0;
}
