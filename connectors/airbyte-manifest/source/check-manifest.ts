import type { Log } from "../../../sdk/context.js";
import { ConfigError } from "../../../sdk/errors.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyDict } from "../jinja/values/value.js";
import {
  type Component,
  child,
  children,
  flag,
  integer,
  list,
  requiredText,
  text,
  texts,
  typeOf,
} from "../load/fields.js";
import { dynamicDefinitions } from "../stream-definitions.js";
import { buildStream } from "../streams/build-stream.js";
import type { RuntimeSource } from "./open-runtime.js";

export interface CheckOptions {
  readonly manifest: Component;
  readonly definitions: readonly Component[];
  readonly config: PyDict;
  readonly runtimes: RuntimeSource;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** Reads the first record of the streams that the manifest names for it. @throws ConfigError `manifest.check` */
export async function checkManifest(options: CheckOptions): Promise<void> {
  const { definitions } = options;
  if (definitions.length === 0)
    throw new ConfigError("manifest.check", "the manifest comes to no stream at all for this config");
  for (const component of streamsToCheck(options)) await readFirst(component, options);
}

/** A setting of the config by which somebody names other streams to check than the manifest does. */
const chosenNames = "__airbyte_check_stream_names";

function namesToCheck(check: Component, config: PyDict): readonly string[] {
  const chosen = list(config, chosenNames) ?? [];
  return chosen.length > 0 ? chosen.map(str) : (texts(check, "stream_names") ?? []);
}

function streamsToCheck({ manifest, definitions, config }: CheckOptions): readonly Component[] {
  const check = child(manifest, "check");
  if (check === undefined) return definitions.slice(0, 1);
  if (typeOf(check) === "CheckDynamicStream") {
    return flag(check, "use_check_availability", true) ? definitions.slice(0, integer(check, "stream_count") ?? 1) : [];
  }
  const named = namesToCheck(check, config).map((name) => {
    const found = definitions.find((component) => text(component, "name") === name);
    if (found !== undefined) return found;
    throw new ConfigError("manifest.check", `the manifest checks the stream '${name}', which it does not have`);
  });
  const dynamic = children(check, "dynamic_streams_check_configs").flatMap((config) => {
    const name = requiredText(config, "dynamic_stream_name");
    if (!dynamicDefinitions(manifest).some((definition) => text(definition, "name") === name))
      throw new ConfigError(
        "manifest.check",
        `the manifest checks the dynamic stream '${name}', which it does not have`,
      );
    const made = definitions.filter((component) => text(component, "dynamic_stream_name") === name);
    return made.slice(0, integer(config, "stream_count") ?? made.length);
  });
  return [...named, ...dynamic];
}

async function readFirst(component: Component, { runtimes, signal }: CheckOptions): Promise<void> {
  const ended = new AbortController();
  const runtime = runtimes.runtime(AbortSignal.any([signal, ended.signal]));
  const stream = buildStream(component, runtime, { state: pyDict(), maxBytes: runtimes.maxBytes });
  for await (const slice of stream.cursor.slices()) {
    for await (const _ of stream.read(slice)) break;
    return;
  }
  throw new ConfigError(
    "manifest.check",
    `stream '${stream.name}' has nothing to ask for: its partitions or its time range are empty`,
    {
      hint: "check the start date and the lists in the config",
    },
  );
}
