import type { Worker } from "node:worker_threads";
import type { Redactor } from "../core/project/redactor.js";
import type { LogLevel } from "../sdk/context.js";
import type { Destination } from "../sdk/destination.js";
import type { Source } from "../sdk/source.js";
import type { Interruption } from "./interruption.js";
import type { Palette } from "./output/palette.js";

/** What every command is given: the world outside, the registries and the options all commands share. */
export interface Cli {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For results. */
  readonly stdout: NodeJS.WriteStream;
  /** For progress, logs and errors. */
  readonly stderr: NodeJS.WriteStream;
  readonly sources: Readonly<Record<string, () => Promise<Source>>>;
  readonly destinations: Readonly<Record<string, () => Promise<Destination>>>;
  /** URL of the module that exports `sources`, for threads. */
  readonly sourcesModule: URL;
  /** Gives the thread for a source, which may have been started before. */
  readonly sourceThread?: (connector: string) => Worker;
  readonly options: SharedOptions;
  readonly redactor: Redactor;
  readonly interruption: Interruption;
  /** Colours for stdout and for stderr. */
  readonly paint: Palette;
  readonly paintErr: Palette;
}

export interface SharedOptions {
  /** Folder of the project, where one was named. */
  readonly project: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
  readonly logFormat: "text" | "json";
  readonly logLevel: LogLevel;
}
