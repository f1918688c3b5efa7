import { isManifestFile } from "./connector-file.js";

/** The connector that runs manifests, which its setting `manifest` names. */
const runner = "airbyte-manifest";

/** A `connector:` and its settings. */
export interface ConnectorEntry {
  readonly connector: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What an entry means: `connector: ./manifest.yaml` is the connector of manifests with that file. */
export function withManifest({ connector, settings }: ConnectorEntry): ConnectorEntry {
  return isManifestFile(connector)
    ? { connector: runner, settings: { manifest: connector, ...settings } }
    : { connector, settings };
}
