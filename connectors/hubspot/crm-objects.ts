import { checkpoint, DataError, type Http, type JsonObject, type RowStream } from "../../sdk/index.js";

interface CrmObjects {
  /** As paths name them. */
  readonly object: string;
  /** The property that has the time of the last change. */
  readonly modified: string;
}

/** https://developers.hubspot.com/docs/api/crm/search: 200 objects a page, and no more than 10,000 for one search. */
const pageSize = 200;
const mostFound = 10_000;

interface Found {
  readonly results: readonly {
    readonly id: string;
    readonly createdAt: string;
    readonly updatedAt: string;
    readonly archived: boolean;
    readonly properties: JsonObject;
  }[];
  readonly paging?: { readonly next: { readonly after: string } };
}

/** Objects of one kind with all their properties, in the order of their last change. */
export function crmObjects({ object, modified }: CrmObjects): RowStream {
  return {
    primaryKey: ["id"],
    cursorField: "updated_at",
    columns: { id: "string", created_at: "timestamp", updated_at: "timestamp", archived: "boolean" },
    async *read({ http, state }) {
      const properties = await propertyNames(http, object);
      let since = typeof state?.since === "string" ? state.since : "1970-01-01T00:00:00.000Z";
      /** Those that have changed at that very time and were given already. */
      let given = new Set<string>();
      for (let after = 0; ; ) {
        const search = {
          filterGroups: [{ filters: [{ propertyName: modified, operator: "GTE", value: String(Date.parse(since)) }] }],
          sorts: [{ propertyName: modified, direction: "ASCENDING" }],
          limit: pageSize,
          after: String(after),
          properties,
        };
        const { results, paging } = await http.post<Found>(`crm/v3/objects/${object}/search`, { json: search });
        const fresh = results.filter(({ id, updatedAt }) => !(updatedAt === since && given.has(id)));
        yield fresh.map(({ id, createdAt, updatedAt, archived, properties: values }) => {
          return { ...values, id, created_at: createdAt, updated_at: updatedAt, archived };
        });
        const last = results.at(-1)?.updatedAt;
        if (last !== undefined) yield checkpoint({ since: last });
        if (paging === undefined || last === undefined) return;
        after = Number(paging.next.after);
        if (after + pageSize <= mostFound) continue;
        // Further than a search goes: a new one begins where this one stands.
        if (last === since) throw tooManyAtOnce(object, since);
        given = new Set(results.filter(({ updatedAt }) => updatedAt === last).map(({ id }) => id));
        since = last;
        after = 0;
      }
    },
  };
}

/** All properties there are: a search gives only those it names. */
async function propertyNames(http: Http, object: string): Promise<string[]> {
  const { results } = await http.get<{ results: { name: string }[] }>(`crm/v3/properties/${object}`);
  return results.map(({ name }) => name).sort();
}

function tooManyAtOnce(object: string, since: string): DataError {
  const message = `more than ${mostFound} ${object} have changed at ${since}: HubSpot's search does not show them all`;
  return new DataError("hubspot.search_limit", message, { hint: "export them, or change some of them again" });
}
