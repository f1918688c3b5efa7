import { describe, expect, test } from "vitest";
import { type FakeOptions, json } from "../fake-runtime.js";
import { read, requester, stream } from "../read-manifest.js";

const manifest = (reset: object) => ({
  streams: [
    stream(
      "s",
      "?",
      {
        incremental_sync: {
          type: "DatetimeBasedCursor",
          cursor_field: "at",
          datetime_format: "%Y-%m-%d",
          start_datetime: "2024-01-01",
          end_datetime: "2024-02-01",
        },
      },
      {
        requester: requester("s", {
          request_parameters: { since: "{{ stream_interval.start_time }}" },
          error_handler: {
            type: "DefaultErrorHandler",
            response_filters: [{ type: "HttpResponseFilter", action: "RESET_PAGINATION", http_codes: [416] }],
          },
        }),
        paginator: {
          type: "DefaultPaginator",
          pagination_strategy: { type: "PageIncrement", page_size: 2, start_from_page: 1 },
          page_token_option: { type: "RequestOption", inject_into: "request_parameter", field_name: "page" },
        },
        pagination_reset: { type: "PaginationReset", ...reset },
      },
    ),
  ],
});
const days = (...all: number[]) => json({ data: all.map((day) => ({ at: `2024-01-0${day}` })) });

describe("pages are begun anew", () => {
  test("with the rest of the slice, once so many records came as the API gives in one go", async () => {
    const answer: FakeOptions["answer"] = (_, count) =>
      [days(1, 2), days(3, 4), days(4, 5), days(6)][count - 1] ?? days();
    const reset = {
      action: "SPLIT_USING_CURSOR",
      limits: { type: "PaginationResetLimits", number_of_records: 4 },
    };
    expect((await read(manifest(reset), "s", { answer })).paths).toEqual([
      "GET /s?since=2024-01-01",
      "GET /s?since=2024-01-01&page=2",
      "GET /s?since=2024-01-04",
      "GET /s?since=2024-01-04&page=2",
    ]);
  });

  test("when the API refuses to go on, but not for ever", async () => {
    const reset = { action: "RESET" };
    const once: FakeOptions["answer"] = (_, count) =>
      count === 2 ? json({}, 416) : days(...(count === 1 ? [1, 2] : [3]));
    expect((await read(manifest(reset), "s", { answer: once })).paths).toEqual([
      "GET /s?since=2024-01-01",
      "GET /s?since=2024-01-01&page=2",
      "GET /s?since=2024-01-01",
    ]);
    await expect(read(manifest(reset), "s", { answer: () => json({}, 416) })).rejects.toMatchObject({
      code: "manifest.pagination_reset",
    });
  });

  test("with the rest of the slice as long as there is less of it, however the API goes on", async () => {
    const reset = { action: "SPLIT_USING_CURSOR" };
    const answer: FakeOptions["answer"] = (_, count) => (count === 1 ? days(1, 2) : json({}, 416));
    await expect(read(manifest(reset), "s", { answer })).rejects.toMatchObject({ code: "manifest.pagination_reset" });
    const full: FakeOptions["answer"] = () => days(3, 3);
    const limited = { ...reset, limits: { type: "PaginationResetLimits", number_of_records: 2 } };
    await expect(read(manifest(limited), "s", { answer: full })).rejects.toMatchObject({
      code: "manifest.pagination_reset",
    });
  });
});
