import type { Command } from "commander";
import type { Cli } from "../cli.js";

/** Where a group of commands is put. */
export interface CommandHome {
  readonly program: Command;
  /** The surroundings of the command that runs, once the shared options are known. */
  shared(): Cli;
  /** Told the exit code of the command that ran. */
  done(exitCode: number): void;
}
