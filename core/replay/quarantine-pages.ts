import type { OpenDestination } from "../../sdk/destination.js";
import type { QuarantineQuery, QuarantineRow } from "../../sdk/quarantine.js";

const rowsPerPage = 1000;

/** Every quarantined row that a query asks for, page by page, the oldest first. */
export async function* quarantinePages(
  destination: OpenDestination,
  query: Omit<QuarantineQuery, "limit">,
): AsyncGenerator<readonly QuarantineRow[]> {
  let { after } = query;
  for (;;) {
    const page = await destination.quarantined({
      ...query,
      limit: rowsPerPage,
      ...(after === undefined ? {} : { after }),
    });
    if (page.length > 0) yield page;
    if (page.length < rowsPerPage) return;
    after = page.at(-1)!.quarantineId;
  }
}
