/** Whether a `connector:` is a file rather than a name: it says where it is, or ends as only files do. */
export function isConnectorFile(connector: string): boolean {
  return /^(\.{1,2}[/\\]|[/\\]|[a-z]:[/\\])/i.test(connector) || /\.(ts|mts|cts|ya?ml)$/i.test(connector);
}

/** Whether it is a manifest: a connector described by data, which the connector `airbyte-manifest` runs. */
export function isManifestFile(connector: string): boolean {
  return isConnectorFile(connector) && /\.ya?ml$/i.test(connector);
}
