import {
  cursorPages,
  type HttpRequest,
  linkHeader,
  type NextPage,
  nextUrl,
  offsetPages,
  pageNumbers,
  z,
} from "../../sdk/index.js";

const place = z
  .enum(["query", "json"])
  .default("query")
  .describe("Where the parameter goes: the query or the JSON body");

/** How the next page of a list is asked for. */
export const paginateConfig = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("link") }),
  z.strictObject({
    type: z.literal("next_url"),
    path: z.string().describe("Path of the next page's URL in the answer"),
  }),
  z.strictObject({
    type: z.literal("cursor"),
    param: z.string().describe("The parameter that carries the cursor"),
    path: z.string().describe("Path of the next cursor in the answer, such as meta.next or data.-1.id"),
    more: z.string().optional().describe("Path of what says whether there is more"),
    in: place,
  }),
  z.strictObject({
    type: z.literal("page"),
    param: z.string().default("page").describe("The parameter that carries the page's number"),
    first: z.int().default(1).describe("The number of the first page"),
    pages: z.string().optional().describe("Path of the number of pages; without it the first empty page is the end"),
    in: place,
  }),
  z.strictObject({
    type: z.literal("offset"),
    param: z.string().default("offset").describe("The parameter that carries the offset"),
    first: z.int().default(0).describe("The offset of the first record"),
    total: z.string().optional().describe("Path of the number of records; without it the first empty page is the end"),
    in: place,
  }),
]);

export function nextPageOf(config: z.output<typeof paginateConfig>): NextPage {
  switch (config.type) {
    case "link":
      return linkHeader();
    case "next_url":
      return nextUrl(config.path);
    case "cursor": {
      const { path: cursor, more, ...rest } = config;
      return cursorPages({ ...rest, cursor, ...(more === undefined ? {} : { more }) });
    }
    case "page": {
      const { pages, ...rest } = config;
      return pageNumbers({ ...rest, ...(pages === undefined ? {} : { pages }) });
    }
    case "offset": {
      const { total, ...rest } = config;
      return offsetPages({ ...rest, ...(total === undefined ? {} : { total }) });
    }
  }
}

/** What the first page is asked for by, beside what every page is: servers need not begin where we think. */
export function firstPageOf(config: z.output<typeof paginateConfig> | undefined): Pick<HttpRequest, "query" | "json"> {
  if (config === undefined || (config.type !== "page" && config.type !== "offset")) return {};
  return { [config.in]: { [config.param]: config.first } };
}
