import type { Worker } from "node:worker_threads";
import type { Destination } from "../../sdk/destination.js";
import type { JsonObject } from "../../sdk/json.js";
import type { ReadMode, WriteMode } from "../../sdk/schema/stream.js";
import type { DeleteDetection } from "../deletes/delete-detection.js";
import type { QualityRules } from "../quality/quality-rules.js";
import type { Share } from "../quality/share.js";
import type { DriftPolicies } from "../schema/drift-policy.js";
import type { Transforms } from "../transform/transforms.js";

/** Everything one run does, resolved and validated. */
export interface RunPlan {
  readonly runId: string;
  readonly projectDir: string;
  readonly connections: readonly ConnectionPlan[];
  /** Peak resident memory of the whole process, in bytes. */
  readonly maxMemoryBytes: number;
  readonly registries: Registries;
}

/** Where connectors are found: the engine knows none by name. */
export interface Registries {
  /** URL of a module that exports `sources`: names to lazy imports. Sources open in threads of their own, which import it. */
  readonly sources: URL;
  /** Gives the thread for a source, which may have been started before; a new one where absent. */
  readonly sourceThread?: ((connector: string) => Worker) | undefined;
  readonly destinations: Readonly<Record<string, () => Promise<Destination>>>;
}

export interface ConnectorPlan {
  readonly connector: string;
  /** As the user wrote it, secrets resolved. */
  readonly config: JsonObject;
}

export interface ConnectionPlan {
  /** Keys the state. */
  readonly name: string;
  readonly source: ConnectorPlan;
  readonly destination: ConnectorPlan;
  /** Target schema; undefined: the destination's default. */
  readonly schema: string | undefined;
  /** Which streams, in the order given; a stream is taken by the exact name or else by the first pattern that fits. */
  readonly streams: readonly StreamSelection[];
  readonly commit: CommitLimits;
  /** Read every stream from the beginning and rebuild its table, whatever the state says. */
  readonly fullRefresh: boolean;
}

export interface StreamSelection {
  /** `namespace.name`, with `*` for any characters. */
  readonly pattern: string;
  readonly options: StreamOptions;
}

/** What a user may say about a stream; what is left out is chosen from what the source declares. */
export interface StreamOptions extends Transforms {
  readonly read?: ReadMode;
  readonly write?: WriteMode;
  readonly cursor?: string;
  readonly primaryKey?: readonly string[];
  /** Milliseconds for a cursor of time, a number for one of numbers. */
  readonly lookback?: number;
  readonly table?: string;
  readonly select?: readonly string[];
  readonly exclude?: readonly string[];
  readonly quality?: QualityRules;
  readonly deletes?: DeleteDetection;
  /** A load that rejects more fails. */
  readonly maxQuarantined?: Share;
  readonly metadataColumns?: boolean;
  /** What is done about changes at the source; `evolve` for what is not named. */
  readonly drift?: Partial<DriftPolicies>;
}

/** A load is committed at the first checkpoint after either limit. */
export interface CommitLimits {
  readonly bytes: number;
  readonly seconds: number;
}

/** Small syncs are one commit; a long one loses at most this when it is killed. */
export const defaultCommitLimits: CommitLimits = { bytes: 1024 ** 3, seconds: 60 };

export const defaultMaxMemoryBytes = 512 * 1024 ** 2;
