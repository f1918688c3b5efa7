import { toPlain } from "../../../connectors/airbyte-manifest/jinja/json.js";
import { loadManifest } from "../../../connectors/airbyte-manifest/load/load-manifest.js";
import { streamDefinitions } from "../../../connectors/airbyte-manifest/stream-definitions.js";
import { buildStream } from "../../../connectors/airbyte-manifest/streams/build-stream.js";
import { readStream } from "../../../connectors/airbyte-manifest/streams/read-stream.js";
import { type FakeOptions, type FakeRuntime, fakeRuntime, of } from "./fake-runtime.js";

export function requester(path: string, more: object = {}): object {
  return { type: "HttpRequester", url_base: "https://api.test", path, ...more };
}

export const selector = { type: "RecordSelector", extractor: { type: "DpathExtractor", field_path: ["data"] } };

/** A DeclarativeStream over one requester; `more` are its own fields, `retriever` those of its retriever. */
export function stream(name: string, path: string, more: object = {}, retriever: object = {}): object {
  return {
    type: "DeclarativeStream",
    name,
    retriever: { type: "SimpleRetriever", requester: requester(path), record_selector: selector, ...retriever },
    ...more,
  };
}

export interface Read {
  readonly records: readonly unknown[];
  readonly states: readonly unknown[];
  /** Method and path of each request, in order. */
  readonly paths: readonly string[];
  readonly runtime: FakeRuntime;
}

/** Reads one stream of a manifest to its end. */
export async function read(
  manifest: object,
  name: string,
  options: FakeOptions = {},
  { state = {}, selected }: { readonly state?: object; readonly selected?: readonly string[] } = {},
): Promise<Read> {
  const runtime = fakeRuntime(options);
  const components = await streamDefinitions(loadManifest(JSON.stringify(manifest), "m.json"), runtime, 1_000_000);
  const component = components.find((each) => each.get("name") === name);
  if (component === undefined) throw new Error(`no stream ${name} among ${components.map((each) => each.get("name"))}`);
  const [records, states]: [unknown[], unknown[]] = [[], []];
  const settings = { state: of(state), maxBytes: 1_000_000, selected: selected && new Set(selected) };
  for await (const event of readStream(buildStream(component, runtime, settings))) {
    if (event.type === "record") records.push(toPlain(event.record.data));
    else states.push(toPlain(event.state));
  }
  const paths = runtime.requests.map(({ method, url }) => `${method} ${url.slice("https://api.test".length)}`);
  return { records, states, paths, runtime };
}
