import type { z } from "zod";
import { configJsonSchema } from "../../sdk/config/json-schema.js";
import { ConfigError } from "../../sdk/errors.js";
import type { JsonObject } from "../../sdk/json.js";
import { findDestination, findSource, type Registry } from "../registry/find-connector.js";
import { withManifest } from "../registry/with-manifest.js";
import type { ConnectorPlan } from "../sync/plan.js";
import { checkConfig } from "./check-config.js";
import type { Problem } from "./problem.js";
import type { Path, ProjectText } from "./project-text.js";
import { passwordsOf, type Redactor } from "./redactor.js";

/** What is needed of a source or destination to judge its settings. */
export interface Configurable {
  readonly config: z.ZodType;
}

export type Connectors = Registry<Configurable>;

export interface ConnectorCheck {
  readonly kind: "source" | "destination";
  /** The name it has in the file. */
  readonly name: string;
  readonly entry: { readonly connector: string; readonly [key: string]: unknown };
  readonly connectors: Connectors;
  /** The folder of the file: connectors may be files and packages there. */
  readonly projectDir: string;
  readonly text: ProjectText;
  readonly redactor: Redactor;
  isReference(path: Path): boolean;
}

/** A source or destination of the file, with its settings judged by the connector's own schema; its secrets are remembered. */
export async function checkConnector(check: ConnectorCheck): Promise<{ plan: ConnectorPlan; problems: Problem[] }> {
  const { text, isReference, redactor } = check;
  const { connector: written, ...own } = check.entry;
  const { connector, settings } = withManifest({ connector: written, settings: own }, check.projectDir);
  const at = [`${check.kind}s`, check.name];
  try {
    const { config: schema } = await find(check, connector);
    rememberSecrets(schema, settings, redactor);
    const { value, problems } = checkConfig({ text, schema, at, value: settings, isReference });
    return { plan: { connector, config: value as JsonObject }, problems };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { message, hint } = error;
    const code = error.code === "connector.unknown" ? "project.unknown_connector" : error.code;
    const problem = { code, message, hint, place: text.placeOf([...at, "connector"]) };
    return { plan: { connector, config: {} }, problems: [problem] };
  }
}

function find({ kind, connectors, projectDir }: ConnectorCheck, connector: string): Promise<Configurable> {
  const wanted = { connector, projectDir };
  return kind === "source" ? findSource(connectors, wanted) : findDestination(connectors, wanted);
}

/** Remembers the values of settings declared secret, however deep, and passwords in the URLs of any other. */
export function rememberSecrets(schema: z.ZodType, settings: object, redactor: Redactor): void {
  remember(configJsonSchema(schema), settings, redactor);
}

function remember(schema: JsonObject, value: unknown, redactor: Redactor): void {
  if (typeof value === "string") {
    for (const hidden of schema.secret === true ? [value] : passwordsOf(value)) redactor.remember(hidden);
    return;
  }
  if (value === null || typeof value !== "object") return;
  const alternatives = (schema.anyOf ?? schema.oneOf) as readonly JsonObject[] | undefined;
  for (const alternative of alternatives ?? []) remember(alternative, value, redactor);
  if (alternatives !== undefined) return;
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonObject>>;
  for (const [key, member] of Object.entries(value)) {
    const inner = Array.isArray(value) ? schema.items : (properties[key] ?? schema.additionalProperties);
    remember(typeof inner === "object" && inner !== null ? (inner as JsonObject) : {}, member, redactor);
  }
}
