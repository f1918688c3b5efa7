import { describe, expect, test } from "vitest";
import { bytes, type FakeOptions, json } from "../fake-runtime.js";
import { read, requester } from "../read-manifest.js";

const path = (field_path: readonly string[]) => ({ type: "DpathExtractor", field_path });
const manifest = (more: object) => ({
  streams: [
    {
      type: "DeclarativeStream",
      name: "s",
      retriever: {
        type: "AsyncRetriever",
        creation_requester: requester("jobs", { http_method: "POST" }),
        polling_requester: requester("jobs/{{ creation_response.id }}"),
        download_requester: requester("file/{{ download_target }}"),
        abort_requester: requester("jobs/{{ creation_response.id }}/abort", { http_method: "POST" }),
        status_extractor: path(["status"]),
        status_mapping: {
          type: "AsyncJobStatusMap",
          running: ["busy"],
          completed: ["done"],
          failed: ["bad"],
          timeout: ["late"],
          skipped: ["none"],
        },
        record_selector: { type: "RecordSelector", extractor: path([]) },
        ...more,
      },
    },
  ],
});

/** Jobs have these states, one after the other; files are a CSV. */
function server(...statuses: string[]): Exclude<FakeOptions["answer"], undefined> {
  return ({ method, url }, count) => {
    if (url.includes("/file/")) return bytes(Buffer.from("id,note\n1,NA\n2,\n"));
    if (url.includes("/targets/")) return json({ urls: ["a", "b"] });
    return method === "POST" ? json({ id: count }) : json({ id: "p", status: statuses.shift() });
  };
}

describe("the API's jobs", () => {
  test("give files, whose empty values are null as the pandas library has it, or as they stand", async () => {
    const csv = (more: object) =>
      read(manifest({ download_extractor: { type: "ResponseToFileExtractor", ...more } }), "s", {
        answer: server("done"),
      });
    expect((await csv({})).records).toEqual([
      { id: "1", note: null },
      { id: "2", note: null },
    ]);
    expect((await csv({ preserve_na_values: true })).records).toEqual([
      { id: "1", note: "NA" },
      { id: "2", note: null },
    ]);
  });

  test("may have to be asked where their data are", async () => {
    const more = {
      download_target_requester: requester("targets/{{ polling_response.id }}"),
      download_target_extractor: path(["urls"]),
      download_decoder: { type: "CsvDecoder" },
    };
    const { paths, records } = await read(manifest(more), "s", { answer: server("done") });
    expect(paths).toEqual(["POST /jobs", "GET /jobs/1", "GET /targets/p", "GET /file/a", "GET /file/b"]);
    expect(records).toHaveLength(4);
  });

  test("are started again after a failure, as late as the manifest says, and aborted when they take too long", async () => {
    const more = { failed_retry_wait_time_in_seconds: 12, download_decoder: { type: "CsvDecoder" } };
    const { paths, runtime } = await read(manifest(more), "s", { answer: server("busy", "bad", "late", "done") });
    expect(paths).toEqual([
      "POST /jobs",
      "GET /jobs/1",
      "GET /jobs/1",
      "POST /jobs",
      "GET /jobs/4",
      "POST /jobs/4/abort",
      "POST /jobs",
      "GET /jobs/7",
      "GET /file/",
    ]);
    expect(runtime.waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThanOrEqual(5 + 15 + 5);
  });

  test("that cannot be started are tried three times, the others go on meanwhile", async () => {
    const two = { partition_router: { type: "ListPartitionRouter", cursor_field: "k", values: ["x", "y"] } };
    const creation_requester = requester("jobs/{{ stream_partition.k }}", {
      http_method: "POST",
      error_handler: { type: "DefaultErrorHandler", max_retries: 0 },
    });
    const polling_requester = requester("jobs/{{ stream_partition.k }}");
    const download_requester = requester("file/{{ stream_partition.k }}");
    const own = {
      ...two,
      creation_requester,
      polling_requester,
      download_requester,
      download_decoder: { type: "CsvDecoder" },
    };
    let refusals = 2;
    const answer: FakeOptions["answer"] = ({ method, url }) => {
      if (url.includes("/file/")) return bytes(Buffer.from("id\n1\n"));
      if (method === "POST" && url.endsWith("/x") && refusals-- > 0) return json({}, 503);
      return method === "POST" ? json({}) : json({ status: "done" });
    };
    expect((await read(manifest(own), "s", { answer, mostJobs: 2 })).paths).toEqual([
      ...["POST /jobs/x", "POST /jobs/y", "GET /jobs/y", "GET /file/y"],
      ...["POST /jobs/x", "POST /jobs/x", "GET /jobs/x", "GET /file/x"],
    ]);
    refusals = 3;
    await expect(read(manifest(own), "s", { answer, mostJobs: 2 })).rejects.toMatchObject({
      code: "manifest.job_failed",
      message: expect.stringContaining("1 of the API's jobs"),
    });
  });

  test("that have nothing to give are left out; what fails three times fails the stream", async () => {
    expect((await read(manifest({}), "s", { answer: server("none") })).paths).toEqual(["POST /jobs", "GET /jobs/1"]);
    await expect(read(manifest({}), "s", { answer: server("bad", "bad", "bad") })).rejects.toMatchObject({
      code: "manifest.job_failed",
    });
    await expect(read(manifest({}), "s", { answer: server("odd") })).rejects.toMatchObject({
      code: "manifest.job_status",
    });
  });
});
