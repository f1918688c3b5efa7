import { type ConnectorContext, type HttpOptions, type OpenSource, openRowSource } from "../../sdk/index.js";
import { authenticatorOf } from "./auth-config.js";
import type { RestConfig } from "./config.js";
import { openSchemaFile } from "./schema-file.js";
import { type ApiSettings, apiSettings } from "./settings.js";
import { rowStreams } from "./streams.js";

/** Opens an API: its streams are rows, and what discovery learns of their columns is kept where the user wants that. */
export async function openRest(config: RestConfig, context: ConnectorContext): Promise<OpenSource> {
  const settings = await apiSettings(config, context.projectDir);
  const schema = await openSchemaFile(settings.schema_file, context.projectDir);
  const definition = {
    name: "rest",
    http: () => httpOptions(settings, context),
    streams: rowStreams(settings.streams, schema.types),
  };
  const source = await openRowSource(definition, undefined, context);
  return {
    ...source,
    async discover(request) {
      const catalog = await source.discover(request);
      await schema.add(catalog);
      return catalog;
    },
  };
}

function httpOptions(settings: ApiSettings, context: ConnectorContext): HttpOptions {
  const { base_url, headers, query, auth, rate = {}, retry = {}, private_hosts } = settings;
  const { per_second, per_minute, per_hour, concurrency } = rate;
  return {
    baseUrl: base_url,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()])),
    query,
    privateHosts: private_hosts,
    rate: {
      ...(per_second && { perSecond: per_second }),
      ...(per_minute && { perMinute: per_minute }),
      ...(per_hour && { perHour: per_hour }),
      ...(concurrency && { concurrency }),
    },
    retry: {
      ...(retry.attempts && { attempts: retry.attempts }),
      ...(retry.patience && { patienceMs: retry.patience }),
    },
    ...(auth === undefined ? {} : { auth: authenticatorOf(auth, context) }),
  };
}
