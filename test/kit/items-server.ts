import type { FixtureAnswer, FixtureRequest } from "../../sdk/testing/index.js";

/** Four items a day, so that pages of three end among equal times. */
export const items = Array.from({ length: 16 }, (_, i) => ({
  id: i + 1,
  name: `Item ${i + 1}`,
  updated_at: `2026-01-0${1 + Math.floor(i / 4)}T12:00:00Z`,
}));

export const token = "token-of-the-tests";

/** An API of items: `since` (that time included), `after` (an id), `cursor` (a position); three a page. */
export function itemsServer({ url, headers }: FixtureRequest): FixtureAnswer {
  if (headers.authorization !== `Bearer ${token}`) return { status: 401, json: { message: `no token ${url.search}` } };
  const parameter = (name: string) => url.searchParams.get(name) ?? "";
  const found = items.filter(
    ({ id, updated_at }) => updated_at >= parameter("since") && id > Number(parameter("after")),
  );
  const from = Number(parameter("cursor"));
  const to = from + 3;
  return { json: { items: found.slice(from, to), next: to < found.length ? String(to) : null } };
}
