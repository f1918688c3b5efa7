import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { findSource as findConnector } from "../../core/registry/find-connector.js";
import { loadDefault } from "../../core/registry/load-default.js";
import type { JsonObject } from "../../sdk/json.js";
import type { Source } from "../../sdk/source.js";
import type { ConnectorFixture } from "../../sdk/testing/kit/subject.js";
import type { Cli } from "../cli.js";
import { findSource } from "../find-end.js";
import { withSettings } from "../outside-settings.js";

export interface TestInput {
  /** A file, a source of the project, or a connector's name. */
  readonly connector: string;
  readonly set: readonly string[];
  readonly fixture?: string;
}

/** A connector, and what it is tried against. */
export interface TestSubject {
  readonly source: Source;
  readonly config: JsonObject;
  readonly projectDir: string;
  readonly fixture: ConnectorFixture | undefined;
}

/** Finds what `sluice connector test` is to try: with a fixture beside it, or against the real system. */
export async function testSubject(cli: Cli, { connector, set, fixture: named }: TestInput): Promise<TestSubject> {
  const { plan, projectDir } = await planOf(cli, connector, set);
  const source = await findConnector(cli.sources, { connector: plan.connector, projectDir });
  const path = named ?? besideOf(connector, cli.cwd);
  const fixture = path === undefined ? undefined : await loadDefault<ConnectorFixture>(resolve(cli.cwd, path));
  return { source, config: { ...fixture?.config, ...plan.config }, projectDir, fixture };
}

async function planOf(cli: Cli, connector: string, set: readonly string[]) {
  if (!Object.hasOwn(cli.sources, connector)) return findSource(cli, connector, set);
  const plan = await withSettings(cli, { connector, config: {}, identity: connector, label: connector }, set);
  return { plan, projectDir: cli.cwd };
}

/** `parts.fixture.ts` beside `parts.ts` or `parts.yaml`. */
function besideOf(connector: string, cwd: string): string | undefined {
  const [, base, ending] = /^(.*)\.([cm]?[jt]s|ya?ml)$/.exec(connector) ?? [];
  if (base === undefined) return undefined;
  const endings = [ending, "ts", "js"].map((one) => resolve(cwd, `${base}.fixture.${one}`));
  return endings.find((path) => !/ya?ml$/.test(path) && existsSync(path));
}
