import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { findSource as findConnector } from "../../core/registry/find-connector.js";
import { loadDefault } from "../../core/registry/load-default.js";
import type { JsonObject } from "../../sdk/json.js";
import type { Source } from "../../sdk/source.js";
import type { ConnectorFixture } from "../../sdk/testing/kit/subject.js";
import { replayed } from "../../sdk/testing/recording/replayed.js";
import type { Cli } from "../cli.js";
import { findSource } from "../find-end.js";
import { looksLikeLocation } from "../location.js";
import { withSettings } from "../outside-settings.js";
import { UsageError } from "../usage-error.js";

export interface TestInput {
  /** A file, a source of the project, or a connector's name. */
  readonly connector: string;
  readonly set: readonly string[];
  readonly fixture?: string;
  /** Where what the real system answers is written down: a file or a folder. */
  readonly record?: string;
  /** A recording in place of the system. */
  readonly replay?: string;
}

/** A connector, and what it is tried against. */
export interface TestSubject {
  readonly source: Source;
  readonly config: JsonObject;
  readonly projectDir: string;
  readonly fixture: ConnectorFixture | undefined;
  /** In words: `its fixture`. */
  readonly against: string;
}

/** Finds what `sluice connector test` is to try: with a fixture, against a recording, or against the real system. */
export async function testSubject(cli: Cli, input: TestInput): Promise<TestSubject> {
  const { connector, set, replay } = input;
  refuseSeveral(input);
  const { plan, projectDir } = await planOf(cli, connector, set);
  const source = await findConnector(cli.sources, { connector: plan.connector, projectDir });
  const fixture = await fixtureOf(cli, input);
  // A source of the project has its own secrets, a recording has placeholders: requests must show the same.
  const isInProject = !looksLikeLocation(connector) && !Object.hasOwn(cli.sources, connector);
  const config =
    replay !== undefined && isInProject
      ? { ...plan.config, ...fixture?.config }
      : { ...fixture?.config, ...plan.config };
  const against = fixture === undefined ? "its system" : replay === undefined ? "its fixture" : "its recording";
  return { source, config, projectDir, fixture, against };
}

function refuseSeveral({ fixture, record, replay }: TestInput): void {
  if ([fixture, record, replay].filter((option) => option !== undefined).length < 2) return;
  throw new UsageError("usage.one_system", "--fixture, --record and --replay each say what it is tried against", {
    hint: "give one of them",
  });
}

async function fixtureOf(
  { cwd }: Cli,
  { connector, fixture: named, record, replay }: TestInput,
): Promise<ConnectorFixture | undefined> {
  if (record !== undefined) return undefined;
  if (replay !== undefined) return replayed(resolve(cwd, replay));
  const path = named ?? besideOf(connector, cwd);
  return path === undefined ? undefined : loadDefault<ConnectorFixture>(resolve(cwd, path));
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
