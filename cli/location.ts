import { existsSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { withManifest } from "../core/registry/with-manifest.js";
import type { ConnectorPlan } from "../core/sync/plan.js";
import type { JsonObject } from "../sdk/json.js";
import { UsageError } from "./usage-error.js";

/** What a URL or path on the command line means. */
export interface Location extends ConnectorPlan {
  /** Says which system this is, without secrets and the same from every folder: names the connection of a copy. */
  readonly identity: string;
  /** A short name for people. */
  readonly label: string;
}

const dataFile = /\.(csv|tsv|txt|json|jsonl|ndjson|parquet|arrow|feather|ipc)(\.(gz|zst))?$/i;
const writtenFile = /\.(parquet|csv|jsonl)(\.(gz|zst))?$/i;
const duckdbFile = /\.(duckdb|ddb|db)$/i;

const connectorFile = /\.([cm]?[jt]s|ya?ml)$/i;

/** The source that a URL, path, glob or folder stands for. @throws UsageError `usage.location` */
export function sourceAt(text: string, cwd: string): Location {
  const database = databaseAt(text, cwd);
  if (database !== undefined) return database;
  if (connectorFile.test(text)) return outside(text, cwd);
  const isPath = dataFile.test(text) || /[*?[\]{}]/.test(text) || isFolder(text, cwd);
  if (isPath) return file(text, cwd);
  throw unclear(
    text,
    "source",
    existsSync(resolve(cwd, text)) ? "its ending says no format" : "no such file or folder",
  );
}

/** The destination that a URL, path or folder stands for. @throws UsageError `usage.location` */
export function destinationAt(text: string, cwd: string): Location {
  const database = databaseAt(text, cwd);
  if (database !== undefined) return database;
  if (writtenFile.test(text) || isFolder(text, cwd) || !/\.[a-z0-9]+$/i.test(basename(text))) return file(text, cwd);
  throw unclear(text, "destination", "its ending says no format that can be written");
}

/** Whether a word can only be a location: a name in a project has neither slashes nor dots. */
export function looksLikeLocation(text: string): boolean {
  return /[/\\.:*]/.test(text);
}

function databaseAt(text: string, cwd: string): Location | undefined {
  const scheme = /^([a-z][a-z0-9+-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === "postgres" || scheme === "postgresql") return postgres(text);
  if (scheme === "duckdb") return duckdb(text.slice("duckdb:".length).replace(/^\/\/(?=[^/])/, ""), cwd);
  if (scheme !== undefined && scheme.length > 1 && scheme !== "file") {
    throw unclear(text.replace(/:.*$/s, "://…"), "location", `there is no connector for ${scheme}: URLs`);
  }
  return duckdbFile.test(text) ? duckdb(text, cwd) : undefined;
}

function postgres(text: string): Location {
  const { hostname, port, pathname } = parsedUrl(text);
  const server = `${hostname || "localhost"}:${port || 5432}`;
  return {
    connector: "postgres",
    config: { url: text },
    identity: `postgres://${server}${pathname}`,
    label: pathname.length > 1 ? decodeURIComponent(pathname.slice(1)) : server,
  };
}

function parsedUrl(text: string): Pick<URL, "hostname" | "port" | "pathname"> {
  try {
    return new URL(text);
  } catch {
    throw unclear(
      "postgres://…",
      "location",
      "the URL cannot be read; in a password write %40 for @, %2F for /, %23 for #",
    );
  }
}

function duckdb(path: string, cwd: string): Location {
  return { connector: "duckdb", config: { path }, identity: `duckdb:${resolve(cwd, path)}`, label: basename(path) };
}

function outside(text: string, cwd: string): Location {
  const path = resolve(cwd, text);
  const { connector, settings } = withManifest({ connector: path, settings: {} }, cwd);
  return { connector, config: settings as JsonObject, identity: `connector:${path}`, label: basename(path) };
}

function file(text: string, cwd: string): Location {
  const path = text.replace(/^file:(\/\/(?=\/))?/i, "");
  return { connector: "file", config: { path }, identity: `file:${resolve(cwd, path)}`, label: path };
}

function isFolder(text: string, cwd: string): boolean {
  return text.endsWith("/") || (statSync(resolve(cwd, text), { throwIfNoEntry: false })?.isDirectory() ?? false);
}

function unclear(text: string, what: string, why: string): UsageError {
  return new UsageError("usage.location", `'${text}' is no ${what} that can be told: ${why}`, {
    hint: "postgres://user@host/db, a file.duckdb, a file, glob or folder of csv, tsv, json, jsonl, parquet or arrow, a connector's file",
  });
}
