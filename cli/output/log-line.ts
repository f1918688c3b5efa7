import type { ReportedError } from "../../core/sync/report.js";
import type { LogLevel } from "../../sdk/context.js";
import type { Cli } from "../cli.js";

const levels: readonly LogLevel[] = ["debug", "info", "warn", "error"];

export interface LogEntry {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly connection?: string;
}

/** A log line in the form asked for, without secrets; undefined where it is less important than --log-level. */
export function logLine({ level, message, fields, connection }: LogEntry, cli: Cli): string | undefined {
  const { options, paintErr, redactor } = cli;
  if (levels.indexOf(level) < levels.indexOf(options.logLevel)) return undefined;
  if (options.logFormat === "json") {
    const line = { time: new Date().toISOString(), level, ...(connection !== undefined && { connection }), message };
    return redactor.redact(JSON.stringify({ ...line, ...fields }));
  }
  const facts = Object.entries(fields).map(([key, value]) => paintErr.dim(`${key}=${JSON.stringify(value)}`));
  const mark = level === "error" ? paintErr.bad(level) : level === "warn" ? paintErr.warn(level) : paintErr.dim(level);
  const words = [clock(), ...(connection === undefined ? [] : [connection]), mark, message, ...facts];
  return redactor.redact(words.join(" "));
}

/** The log line of an error. */
export function errorLine(error: ReportedError, connection: string | undefined, cli: Cli): string {
  const { message, kind: _, ...fields } = error;
  return logLine({ level: "error", message, fields, ...(connection !== undefined && { connection }) }, cli) ?? "";
}

/** The time of day as logs have it. */
export function clock(now: Date = new Date()): string {
  return now.toISOString().slice(11, 19);
}
