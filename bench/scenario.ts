import type { Command } from "./command.js";
import type { Endpoint } from "./endpoint.js";
import type { Mover } from "./mover.js";
import type { ComparedColumn } from "./tables.js";

/** One comparison: the same work done by a floor, by Sluice and by peers. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly goal: Goal;
  /** The floor comes first. */
  readonly contenders: readonly Contender[];
  /** What every target must agree with in the end. */
  readonly expected: { readonly place: Endpoint; readonly columns: readonly ComparedColumn[] } | undefined;
  /** Changes the source before each round; contenders then see the same change. */
  readonly beforeRound?: () => void;
}

/** `ratio`: the floor's time divided by Sluice's; `seconds`: Sluice's time; `memory`: only that of every scenario. */
export type Goal =
  | { readonly kind: "ratio"; readonly atLeast: number }
  | { readonly kind: "seconds"; readonly atMost: number }
  | { readonly kind: "memory" };

export interface Contender {
  readonly name: string;
  readonly version: string;
  /** Not measured: once before the first round. */
  readonly setUp?: () => Promise<void>;
  /** Not measured: before each run. */
  readonly prepare?: () => void;
  /** Made anew for each run. */
  readonly command: () => Command;
  /** Where the rows stand after a run; undefined where nothing is kept. */
  readonly target: Endpoint | undefined;
}

/** What scenarios are made from. */
export interface Surroundings {
  readonly url: string;
  /** Sluice first, then the peers. */
  readonly movers: readonly Mover[];
}

/** Peak resident memory of Sluice's process on every path. */
export const memoryLimit = 512 * 1024 * 1024;
