import type { Destination } from "../../sdk/destination.js";
import { ConfigError } from "../../sdk/errors.js";
import type { Source } from "../../sdk/source.js";
import { nearest } from "../schema/nearest.js";
import { loadOutside, type OutsideConnector } from "./load-outside.js";

/** Names to lazy imports. */
export type Registry<Kind> = Readonly<Record<string, () => Promise<Kind>>>;

export type Wanted = Omit<OutsideConnector, "kind">;

/**
 * The source that a `connector:` means: one of the registry, a file, or an npm package.
 * @throws ConfigError `connector.unknown`, or what `loadOutside` throws
 */
export async function findSource<Kind>(registry: Registry<Kind>, wanted: Wanted): Promise<Kind | Source> {
  return (
    (await ofRegistry(registry, wanted)) ??
    ((await loadOutside({ ...wanted, kind: "source" })) as Source | undefined) ??
    unknown("source", registry, wanted)
  );
}

/** The destination that a `connector:` means. @throws ConfigError as `findSource` does */
export async function findDestination<Kind>(registry: Registry<Kind>, wanted: Wanted): Promise<Kind | Destination> {
  return (
    (await ofRegistry(registry, wanted)) ??
    ((await loadOutside({ ...wanted, kind: "destination" })) as Destination | undefined) ??
    unknown("destination", registry, wanted)
  );
}

async function ofRegistry<Kind>(registry: Registry<Kind>, { connector }: Wanted): Promise<Kind | undefined> {
  return Object.hasOwn(registry, connector) ? registry[connector]?.() : undefined;
}

function unknown<Kind>(kind: string, registry: Registry<Kind>, { connector, projectDir }: Wanted): never {
  const names = Object.keys(registry);
  const near = nearest(connector, names);
  const others = `there are ${names.join(", ")}; a package is installed in ${projectDir}: npm install ${connector}`;
  throw new ConfigError("connector.unknown", `there is no ${kind} connector '${connector}'`, {
    hint: near === undefined ? others : `did you mean '${near}'?`,
  });
}
