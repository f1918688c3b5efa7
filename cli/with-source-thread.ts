import type { Cli } from "./cli.js";

/** Sources whose rows are never JavaScript values: next to nothing dies in their thread. */
const databases: ReadonlySet<string> = new Set(["duckdb", "postgres"]);

/**
 * For commands that read a source: its thread starts while their code is still being loaded, as one for a database, and
 * loads the code of the one that a URL names.
 */
export async function withSourceThread(cli: Cli, url = ""): Promise<Cli> {
  const { startSourceThread } = await import("../core/sync/start-source-thread.js");
  const likely = /^postgres(ql)?:/i.test(url) ? { registry: cli.sourcesModule, connector: "postgres" } : undefined;
  const started = [startSourceThread({ rests: false, likely })];
  return {
    ...cli,
    sourceThread(connector) {
      const early = started.pop();
      if (databases.has(connector)) return early ?? startSourceThread({ rests: false });
      void early?.terminate();
      return startSourceThread({ rests: true });
    },
  };
}
