import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { keptConfig } from "../../../sdk/child/private-files.js";
import type { ConnectorContext } from "../../../sdk/context.js";
import { ConfigError } from "../../../sdk/errors.js";
import type { JsonObject } from "../../../sdk/json.js";
import { matchesAny } from "../../../sdk/schema/matches-any.js";
import type { OpenSource } from "../../../sdk/source.js";
import type { Config } from "../config.js";
import { fromPlain, toJson } from "../jinja/json.js";
import type { PyDict } from "../jinja/values/value.js";
import { type Component, text } from "../load/fields.js";
import { loadManifest } from "../load/load-manifest.js";
import { validateComponent } from "../load/validate-manifest.js";
import { checkSpec, checkValidations } from "../spec/check-config.js";
import { migratedConfig, transformedConfig } from "../spec/config-transformation.js";
import { withDefaults } from "../spec/defaults.js";
import { streamDefinitions } from "../stream-definitions.js";
import { checkManifest } from "./check-manifest.js";
import { discoverStream } from "./discover-stream.js";
import { openRuntime } from "./open-runtime.js";
import { readManifestStream } from "./read-manifest-stream.js";
import { redactor, withRedactedErrors } from "./redact.js";

/** Opens a manifest. Nothing is sent before `check`, `discover` or `read`. @throws ConfigError `manifest.*` */
export async function openManifestSource(settings: Config, context: ConnectorContext): Promise<OpenSource> {
  const path = resolve(context.projectDir, settings.manifest);
  const manifest = loadManifest(await manifestText(path, settings.manifest), settings.manifest);
  // A refresh token that is good for one use is kept beside the project: the one in the user's file is spent.
  const kept = await keptConfig(context.projectDir, `manifest ${path}`, settings.config as JsonObject);
  const written = fromPlain(kept.current) as PyDict;
  const migrated = migratedConfig(manifest, withDefaults(manifest, written), Date.now);
  const config = transformedConfig(manifest, migrated, Date.now);
  const redact = redactor(manifest, config);
  const log: ConnectorContext["log"] = (level, message, fields) => context.log(level, redact(message), fields);
  checkSpec(manifest, migrated);
  checkValidations(manifest, config, Date.now);
  const runtimes = openRuntime({
    manifest,
    config,
    context,
    privateHosts: settings.private_hosts,
    log,
    onConfigChanged: () => kept.keep(JSON.parse(toJson(config)) as JsonObject),
  });
  let known: Promise<readonly Component[]> | undefined;
  const definitions = () => {
    known ??= streamDefinitions(manifest, runtimes.runtime(context.signal), runtimes.maxBytes);
    return known;
  };

  async function definition(name: string): Promise<Component> {
    const found = (await definitions()).find((component) => text(component, "name") === name);
    if (found !== undefined) {
      validateComponent(found, settings.manifest, `streams.${name}`);
      return found;
    }
    throw new ConfigError("stream.unknown", `the manifest has no stream '${name}'`, {
      stream: name,
      hint: "`sluice discover` lists them",
    });
  }

  const shared = { manifest, config, settings, runtimes, log, redact };
  return {
    check: () =>
      withRedactedErrors(redact, async () =>
        checkManifest({ ...shared, definitions: await definitions(), signal: context.signal }),
      ),
    discover: ({ streams: patterns, inference = "optimistic" } = {}) =>
      withRedactedErrors(redact, async () => {
        const streams = [];
        for (const component of await definitions()) {
          const name = text(component, "name") ?? "";
          if (!matchesAny(patterns, name)) continue;
          const stream = await discoverStream(component, { ...shared, inference, signal: context.signal });
          if (stream !== undefined) streams.push(stream);
        }
        return { streams };
      }),
    async *read(request) {
      const messages = readManifestStream(() => definition(request.stream.name), request, shared);
      try {
        for (;;) {
          const next = await withRedactedErrors(redact, () => messages.next());
          if (next.done === true) return;
          yield next.value;
        }
      } finally {
        await messages.return(undefined);
      }
    },
    async close() {
      runtimes.close();
    },
  };
}

async function manifestText(path: string, origin: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new ConfigError("manifest.not_found", `the manifest '${origin}' cannot be read`, {
      cause,
      hint: "paths are relative to the project's folder",
    });
  }
}
