import type { z } from "zod";
import { configJsonSchema } from "../../sdk/config/json-schema.js";
import type { JsonObject } from "../../sdk/json.js";
import { nearest } from "../schema/nearest.js";
import type { ConnectorPlan } from "../sync/plan.js";
import { checkConfig } from "./check-config.js";
import type { Problem } from "./problem.js";
import type { Path, ProjectText } from "./project-text.js";
import { passwordsOf, type Redactor } from "./redactor.js";

/** What is needed of a source or destination to judge its settings. */
export interface Configurable {
  readonly config: z.ZodType;
}

export type Connectors = Readonly<Record<string, () => Promise<Configurable>>>;

export interface ConnectorCheck {
  readonly kind: "source" | "destination";
  /** The name it has in the file. */
  readonly name: string;
  readonly entry: { readonly connector: string; readonly [key: string]: unknown };
  readonly connectors: Connectors;
  readonly text: ProjectText;
  readonly redactor: Redactor;
  isReference(path: Path): boolean;
}

/** A source or destination of the file, with its settings judged by the connector's own schema; its secrets are remembered. */
export async function checkConnector(check: ConnectorCheck): Promise<{ plan: ConnectorPlan; problems: Problem[] }> {
  const { kind, text, connectors, isReference, redactor } = check;
  const { connector, ...settings } = check.entry;
  const at = [`${kind}s`, check.name];
  const load = Object.hasOwn(connectors, connector) ? connectors[connector] : undefined;
  if (load === undefined) {
    return { plan: { connector, config: {} }, problems: [unknownConnector(check, [...at, "connector"])] };
  }
  const { config: schema } = await load();
  rememberSecrets(schema, settings, redactor);
  const { value, problems } = checkConfig({ text, schema, at, value: settings, isReference });
  return { plan: { connector, config: value as JsonObject }, problems };
}

function unknownConnector({ kind, entry, connectors, text }: ConnectorCheck, path: Path): Problem {
  const names = Object.keys(connectors);
  const near = nearest(entry.connector, names);
  return {
    code: "project.unknown_connector",
    message: `there is no ${kind} connector '${entry.connector}'`,
    hint: near === undefined ? `there are ${names.join(", ")}` : `did you mean '${near}'?`,
    place: text.placeOf(path),
  };
}

/** Remembers the values of settings declared secret, and passwords in the URLs of any other. */
export function rememberSecrets(schema: z.ZodType, settings: object, redactor: Redactor): void {
  const properties = (configJsonSchema(schema).properties ?? {}) as JsonObject;
  for (const [key, value] of Object.entries(settings)) {
    const secret = (properties[key] as JsonObject | undefined)?.secret === true;
    for (const text of textsOf(value)) {
      for (const hidden of secret ? [text] : passwordsOf(text)) redactor.remember(hidden);
    }
  }
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(textsOf) : [];
}
