import type { Journal } from "./journal.js";
import type { StoreLocation } from "./store-location.js";

/** So many runs may wait for the embedded store: opening it costs a small sync a third of its time. */
const mostWaiting = 100;

/** Takes a journal into its store: one that others look at, at once; the embedded one when enough has come together. */
export async function takeIn(journal: Journal, location: StoreLocation): Promise<void> {
  if (location.type === "sqlite" && journal.size() < mostWaiting) return;
  const { openStore } = await import("./store.js");
  const store = await openStore(location);
  await store.takeIn(journal).finally(() => store.close());
}
