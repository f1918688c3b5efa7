import { defaultCommitLimits, type StreamOptions } from "../../core/sync/plan.js";
import type { ReadMode, WriteMode } from "../../sdk/schema/stream.js";
import type { Cli } from "../cli.js";
import { destinationAt, type Location, sourceAt } from "../location.js";
import { rememberPasswords } from "../remember-passwords.js";
import { runAndReport } from "../run-and-report.js";
import { UsageError } from "../usage-error.js";

export interface CopyInput {
  readonly from: string;
  readonly to: string;
  readonly stream: readonly string[];
  readonly read?: ReadMode;
  readonly write?: WriteMode;
  readonly primaryKey?: readonly string[];
  readonly cursor?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly name?: string;
  readonly fullRefresh: boolean;
  readonly maxMemory?: number;
  /** `name=value`, settings of the source. */
  readonly set: readonly string[];
}

/** `sluice copy`: one connection made of a URL or path at each end. */
export async function copy(cli: Cli, input: CopyInput): Promise<number> {
  const source = await sourceOf(cli, input);
  const destination = destinationAt(input.to, cli.cwd);
  refuse(input, source, destination);
  rememberPasswords(cli, source.config);
  rememberPasswords(cli, destination.config);
  const patterns = input.stream.length > 0 ? input.stream : ["*"];
  return runAndReport(cli, {
    projectDir: cli.cwd,
    maxMemory: input.maxMemory,
    connections: [
      {
        name: input.name ?? source.identity,
        source,
        destination,
        schema: input.schema,
        streams: patterns.map((pattern) => ({ pattern, options: optionsOf(input) })),
        commit: defaultCommitLimits,
        fullRefresh: input.fullRefresh,
      },
    ],
  });
}

/** What reads settings, YAML among it, is loaded only for them. */
async function sourceOf(cli: Cli, { from, set }: CopyInput): Promise<Location> {
  const source = sourceAt(from, cli.cwd);
  return set.length === 0 ? source : await (await import("../outside-settings.js")).withSettings(cli, source, set);
}

function optionsOf({ read, write, primaryKey, cursor, table }: CopyInput): StreamOptions {
  return {
    ...(read && { read }),
    ...(write && { write }),
    ...(primaryKey && { primaryKey }),
    ...(cursor !== undefined && { cursor }),
    ...(table !== undefined && { table }),
  };
}

function refuse({ read, write, schema, table, stream }: CopyInput, source: Location, destination: Location): void {
  if (read === "incremental" && write === "overwrite") {
    throw new UsageError("usage.modes", "an incremental read cannot overwrite: only the newest rows would be left", {
      hint: "--write merge, append or scd2",
    });
  }
  // Without --stream a source of one stream, such as a file, is meant: with several the table's name would be taken twice.
  if (table !== undefined && (stream.length > 1 || stream[0]?.includes("*"))) {
    throw new UsageError("usage.table", "--table names the table of one stream", { hint: "name it with --stream" });
  }
  if (source.identity !== destination.identity) return;
  const isServer = source.connector === "postgres";
  const ownSchema = schema === undefined || stream.some((pattern) => pattern.startsWith(`${schema}.`));
  if (isServer && !ownSchema) return;
  throw new UsageError("usage.same_place", `the source and the destination are the same ${source.connector} database`, {
    hint: isServer ? "--schema NAME copies into another schema of it" : "copy into another place",
  });
}
