import { afterEach, describe, expect, test } from "vitest";
import { createHttp } from "../../../sdk/http/create-http.js";
import type { Http } from "../../../sdk/http/http.js";
import { cursorPages } from "../../../sdk/http/paginate/cursor-pages.js";
import { nextUrl } from "../../../sdk/http/paginate/next-url.js";
import { offsetPages } from "../../../sdk/http/paginate/offset-pages.js";
import type { PageOptions } from "../../../sdk/http/paginate/page.js";
import { pageNumbers } from "../../../sdk/http/paginate/page-numbers.js";
import { type Answer, httpServer, type ReceivedRequest } from "../../support/http-server.js";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const items = Array.from({ length: 25 }, (_, id) => ({ id }));

async function listing(answer: Answer): Promise<Http> {
  const server = await httpServer(answer);
  const http = createHttp(
    { baseUrl: server.url },
    { signal: new AbortController().signal, memoryBytes: 2 ** 26, log: () => undefined },
  );
  closing.push(
    () => http.close(),
    () => server.close(),
  );
  return http;
}

async function ids(http: Http, options: PageOptions): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const page of http.pages("items", options)) found.push(...page.map(({ id }) => id));
  return found;
}

const all = items.map(({ id }) => id);
const number = ({ query }: ReceivedRequest, name: string, preset = 0) => Number(query.get(name) ?? preset);

describe("every record of a list comes once", () => {
  test.each<[string, Answer, PageOptions]>([
    [
      "by Link header",
      (request, response) => {
        const page = number(request, "page", 1);
        if (page < 3) response.setHeader("link", `</items?page=${page + 1}>; rel="next", </items?page=3>; rel=last`);
        return items.slice((page - 1) * 10, page * 10);
      },
      { next: "link" },
    ],
    [
      "by URL in the body",
      (request) => {
        const from = number(request, "from");
        return { data: items.slice(from, from + 10), next: from < 20 ? `?from=${from + 10}` : null };
      },
      { records: "data", next: nextUrl("next") },
    ],
    [
      "by cursor, with pages that are empty on the way",
      (request) => {
        const from = number(request, "after");
        const rows = from === 10 ? [] : items.slice(from > 10 ? from - 1 : from, from >= 10 ? from + 9 : from + 10);
        return { list: { items: rows }, cursor: from === 10 ? 11 : from < 20 ? from + 10 : "" };
      },
      { records: "list.items", next: cursorPages({ param: "after", cursor: "cursor" }) },
    ],
    [
      "by the last record's id, as long as there is more",
      (request) => {
        const from = number(request, "starting_after", -1) + 1;
        return { data: items.slice(from, from + 10), has_more: from + 10 < 25 };
      },
      { records: "data", next: cursorPages({ param: "starting_after", cursor: "data.-1.id", more: "has_more" }) },
    ],
    [
      "by cursor in a JSON body",
      ({ body }) => {
        const { from, size } = JSON.parse(body);
        return { data: items.slice(from, from + size), next: from + size < 25 ? from + size : null };
      },
      {
        method: "POST",
        json: { from: 0, size: 9 },
        records: "data",
        next: cursorPages({ param: "from", cursor: "next", in: "json" }),
      },
    ],
    [
      "by page number",
      (request) => items.slice((number(request, "page", 1) - 1) * 10, number(request, "page", 1) * 10),
      { next: pageNumbers() },
    ],
    [
      "by offset, though the server changes its page size",
      (request) => {
        const offset = number(request, "offset");
        return { items: items.slice(offset, offset + (offset === 0 ? 10 : 3)), total: 25 };
      },
      { next: offsetPages({ total: "total" }) },
    ],
    [
      "by a function of one's own",
      (request) => items.slice(number(request, "id"), number(request, "id") + 10),
      { next: ({ total }) => (total < 25 ? { query: { id: total } } : undefined) },
    ],
  ])("%s", async (_, answer, options) => {
    expect(await ids(await listing(answer), options)).toEqual(all);
  });
});

describe("a list that would not end, or not be whole, is an error", () => {
  test.each<[string, Answer, PageOptions, string]>([
    ["a server that ignores the page number", () => items, { next: pageNumbers() }, "http.page_repeated"],
    [
      "a cursor that leads back",
      ({ query }) => ({ data: [{ at: query.get("c") }], next: query.get("c") === "b" ? "a" : "b" }),
      { records: "data", next: cursorPages({ param: "c", cursor: "next" }) },
      "http.page_repeated",
    ],
    [
      "numbered pages that change their size",
      (request) => {
        const page = number(request, "page", 1);
        return page === 1 ? items.slice(0, 10) : items.slice((page - 1) * 5, page * 5);
      },
      { next: pageNumbers() },
      "http.page_size_changed",
    ],
    ["no list to be found", () => ({ a: [], b: [] }), {}, "http.no_records"],
    ["an answer that is no JSON", () => "<html>log in</html>", {}, "http.not_json"],
  ])("%s", async (_, answer, options, code) => {
    await expect(ids(await listing(answer), options)).rejects.toMatchObject({ kind: "data", code });
  });
});

describe("the next page", () => {
  const pages = (request: ReceivedRequest) => {
    const page = number(request, "page", 1);
    return items.slice((page - 1) * 5, page * 5);
  };

  test("is asked for while a later one is looked at, and never after the first alone", async () => {
    const asked: number[] = [];
    const http = await listing((request) => {
      asked.push(number(request, "page", 1));
      return pages(request);
    });
    let seen = 0;
    for await (const page of http.pages("items", { next: pageNumbers() })) {
      seen += 1;
      if (seen === 1) await new Promise((resolve) => setTimeout(resolve, 50));
      await expect.poll(() => asked.length).toBe(seen === 1 ? 1 : seen + 1);
      expect(page).toHaveLength(5);
    }
    expect(asked).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("that fails is an error after the page before it was given", async () => {
    const http = await listing((request, response) => {
      if (number(request, "page", 1) < 3) return pages(request);
      response.statusCode = 404;
      return {};
    });
    const found: unknown[] = [];
    const reading = (async () => {
      for await (const page of http.pages("items", { next: pageNumbers() })) found.push(...page.map(({ id }) => id));
    })();
    await expect(reading).rejects.toMatchObject({ code: "http.not_found" });
    expect(found).toEqual(all.slice(0, 10));
  });

  test("is let go of by who leaves early", async () => {
    let open = 0;
    const http = await listing(async (request, response) => {
      open += 1;
      response.on("close", () => {
        open -= 1;
      });
      if (number(request, "page", 1) === 3) await new Promise((resolve) => response.on("close", resolve));
      return pages(request);
    });
    let seen = 0;
    for await (const _ of http.pages("items", { next: pageNumbers() })) if (++seen === 2) break;
    await expect.poll(() => open).toBe(0);
  });
});

test("many requests at once are no reason for a warning", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on("warning", note);
  const http = await listing(() => items);
  const reading = new AbortController();
  await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      for await (const _page of http.pages(`list/${i}`, { signal: reading.signal }));
    }),
  );
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  expect(warnings).toEqual([]);
});
