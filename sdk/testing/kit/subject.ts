import type { Transport } from "../../http/transport.js";
import type { JsonObject } from "../../json.js";
import type { OpenSource, Source } from "../../source.js";
import { testContext } from "../test-context.js";
import { declaredSecrets } from "./declared-secrets.js";
import { type Fault, faultyTransport, type SentRequest } from "./faulty-transport.js";
import { type FixtureServer, fixtureTransport } from "./fixture-server.js";

/** What a connector is tried against: the default export of a fixture file. */
export interface ConnectorFixture {
  /** As a user writes it. */
  readonly config: JsonObject;
  /** Answers the connector's requests in place of the network; the connector must use the client that the SDK gives it. */
  readonly server?: FixtureServer;
  /** Only these streams, with `*` for any characters. */
  readonly streams?: readonly string[];
}

/** A connector to be certified, and a system to try it against. */
export interface KitSubject extends ConnectorFixture {
  readonly source: Source;
  /** Paths in the config are relative to this folder. */
  readonly projectDir?: string;
  /** Stands between the connector and its system, to record what passes. */
  readonly tapHttp?: (network: Transport) => Transport;
  /** Streams with more rows than this are tried by their first rows only: 10,000. */
  readonly mostRows?: number;
}

/** A subject under test: everything that it says is kept. */
export interface Bench extends KitSubject {
  readonly mostRows: number;
  /** Log lines and error messages of all that was done so far. */
  readonly said: string[];
  /** The values of the config's secrets. */
  readonly secrets: readonly string[];
  /** Opens the connector, and closes it whatever happens. */
  open<T>(body: (source: OpenSource, trial: Trial) => Promise<T>, options?: TrialOptions): Promise<T>;
}

export interface Trial {
  /** The HTTP requests sent, in order. */
  readonly sent: readonly SentRequest[];
}

export interface TrialOptions {
  /** What the server does to a request, by its number. */
  readonly faultOf?: (number: number, request: SentRequest) => Fault | undefined;
}

export function openBench(subject: KitSubject): Bench {
  const said: string[] = [];
  return {
    ...subject,
    mostRows: subject.mostRows ?? 10_000,
    said,
    secrets: declaredSecrets(subject.source.config, subject.config),
    async open(body, { faultOf = () => undefined } = {}) {
      const sent: SentRequest[] = [];
      const tapHttp = (network: Transport) => {
        const system = subject.server === undefined ? network : fixtureTransport(subject.server);
        return faultyTransport(subject.tapHttp?.(system) ?? system, sent, faultOf);
      };
      const { projectDir } = subject;
      const context = testContext({ tapHttp, ...(projectDir === undefined ? {} : { projectDir }) });
      try {
        const source = await subject.source.open(subject.source.config.parse(subject.config), context);
        return await body(source, { sent }).finally(() => source.close());
      } catch (error) {
        said.push(errorText(error));
        throw error;
      } finally {
        said.push(...context.lines.map(({ message }) => message));
        context.remove();
      }
    },
  };
}

/** All that a thrown value shows a person, its causes included. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { hint, cause } = error as Error & { readonly hint?: string };
  const rest = cause === undefined ? "" : ` | ${errorText(cause)}`;
  return `${error.message}${hint === undefined ? "" : ` (${hint})`}${rest}`;
}
