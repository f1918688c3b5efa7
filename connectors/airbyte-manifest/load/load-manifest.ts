import { pyDict } from "../jinja/values/dict.js";
import type { Component } from "./fields.js";
import { parseManifest } from "./parse-manifest.js";
import { propagateParameters } from "./propagate-parameters.js";
import { resolveReferences } from "./resolve-references.js";
import { validateManifest } from "./validate-manifest.js";

/**
 * Reads a manifest: its YAML, its references, the types and parameters that components inherit.
 * @throws ConfigError `manifest.*` naming what and where
 */
export function loadManifest(text: string, origin: string): Component {
  const written = parseManifest(text, origin);
  const typed = written.has("type") ? written : pyDict([...written, ["type", "DeclarativeSource"]]);
  const manifest = propagateParameters(resolveReferences(typed));
  validateManifest(manifest, origin);
  return manifest;
}
