import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { isManifestFile } from "./connector-file.js";

/** A `connector:` and its settings. */
export interface ConnectorEntry {
  readonly connector: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * What an entry means: `connector: ./api.yaml` is the connector that runs such a file, with the file among its settings.
 * A manifest of Airbyte's says so in its first words; a file with a `base_url` is one of `rest`.
 */
export function withManifest({ connector, settings }: ConnectorEntry, projectDir: string): ConnectorEntry {
  if (!isManifestFile(connector)) return { connector, settings };
  return isRestFile(resolve(projectDir, connector))
    ? { connector: "rest", settings: { file: connector, ...settings } }
    : { connector: "airbyte-manifest", settings: { manifest: connector, ...settings } };
}

function isRestFile(path: string): boolean {
  try {
    const text = readFileSync(path, "utf8");
    return !/^\s*"?type"?:\s*"?DeclarativeSource/m.test(text) && /^\s*"?base_url"?:/m.test(text);
  } catch {
    // Whoever reads it says why it cannot be read.
    return false;
  }
}
