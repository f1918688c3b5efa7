import { once } from "node:events";
import { parseConfig } from "../../core/sync/parse-config.js";
import type { Cli } from "../cli.js";
import { findSource } from "../find-end.js";
import { logLine } from "../output/log-line.js";
import { print } from "../output/print.js";
import { UsageError } from "../usage-error.js";

/** `sluice receive`: takes events for a webhook source, until it is told to stop. */
export async function receive(cli: Cli, { source }: { readonly source: string }): Promise<number> {
  const { plan, projectDir } = await findSource(cli, source, []);
  if (plan.connector !== "webhook") {
    throw new UsageError("usage.not_webhook", `'${source}' is no webhook source`, {
      hint: "name a source with connector: webhook",
    });
  }
  const { webhookConfig } = await import("../../connectors/webhook/config.js");
  const { receiveEvents } = await import("../../connectors/webhook/receive.js");
  const config = parseConfig({ name: "webhook", config: webhookConfig }, plan.config);
  const receiver = await receiveEvents(config, projectDir, (level, message, fields = {}) => {
    const line = logLine({ level, message, fields }, cli);
    if (line !== undefined) cli.stderr.write(`${line}\n`);
  });
  print(cli, `receiving at ${config.streams.map((stream) => `${receiver.url}/${stream}`).join(", ")}`);
  const { signal } = cli.interruption;
  if (!signal.aborted) await once(signal, "abort");
  await receiver.close();
  return 0;
}
