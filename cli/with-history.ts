import { existsSync } from "node:fs";
import type { Project } from "../core/project/load-project.js";
import { type Journal, openJournal } from "../core/store/journal.js";
import type { Store } from "../core/store/store.js";

export interface History {
  readonly journal: Journal;
  /** Undefined where nothing was ever recorded: looking leaves nothing behind. */
  readonly store: Store | undefined;
}

/** Opens a project's history, with what its journal holds taken in, and closes it whatever happens. */
export async function withHistory<T>(
  { dir, store: location }: Pick<Project, "dir" | "store">,
  use: (history: History) => Promise<T>,
): Promise<T> {
  const journal = openJournal(dir);
  if (location.type === "sqlite" && journal.size() === 0 && !existsSync(location.path)) {
    return use({ journal, store: undefined });
  }
  const { openStore } = await import("../core/store/store.js");
  const store = await openStore(location);
  try {
    await store.takeIn(journal);
    return await use({ journal, store });
  } finally {
    await store.close();
  }
}
