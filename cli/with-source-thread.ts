import type { Cli } from "./cli.js";

/** For commands that read a source: its thread starts while their code is still being loaded. */
export async function withSourceThread(cli: Cli): Promise<Cli> {
  const { startSourceThread } = await import("../core/sync/start-source-thread.js");
  return { ...cli, sourceThreads: [startSourceThread()] };
}
