import { ConfigError } from "../../sdk/errors.js";
import { resolveDynamic } from "./dynamic/resolve-dynamic.js";
import { pyDict } from "./jinja/values/dict.js";
import { str } from "./jinja/values/text.js";
import { type Component, children, field, text, typeOf } from "./load/fields.js";
import type { Runtime } from "./runtime.js";
import { shareParents } from "./streams/share-parents.js";

/**
 * The components of all streams of a manifest for a config: those written down, those under a condition that holds, those
 * made of a template. May ask the API.
 * @throws ConfigError `manifest.duplicate_stream`
 */
export async function streamDefinitions(
  manifest: Component,
  runtime: Runtime,
  maxBytes: number,
): Promise<readonly Component[]> {
  const written = children(manifest, "streams").flatMap((stream) => conditioned(stream, runtime));
  const dynamic: Component[] = [];
  for (const definition of dynamicDefinitions(manifest)) {
    dynamic.push(...(await resolveDynamic(definition, runtime, maxBytes)));
  }
  const names = new Set<string>();
  for (const stream of dynamic) {
    const name = text(stream, "name") ?? "";
    if (names.has(name)) {
      throw new ConfigError(
        "manifest.duplicate_stream",
        `the dynamic streams of the manifest have the name '${name}' twice`,
        {
          hint: "check the part of the config that they are made of",
        },
      );
    }
    names.add(name);
  }
  return shareParents([...written, ...dynamic]);
}

/** The templates of streams, each with a name: its own or, as the reference has it, one by its place. */
export function dynamicDefinitions(manifest: Component): readonly Component[] {
  return children(manifest, "dynamic_streams").map((definition, i) =>
    pyDict([...definition, ["name", text(definition, "name") ?? `dynamic_stream_${i}`]]),
  );
}

function conditioned(stream: Component, { templates }: Runtime): readonly Component[] {
  if (typeOf(stream) !== "ConditionalStreams") return [stream];
  const condition = field(stream, "condition") ?? "";
  const holds = templates.truth(typeof condition === "boolean" ? condition : str(condition), pyDict());
  return holds ? children(stream, "streams") : [];
}
