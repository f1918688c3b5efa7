import { expect, test } from "vitest";
import { currentSince } from "../../../core/replay/current-since.js";

test("what counts is the last run that read the stream, however many loads it made and whatever came beside it", () => {
  const loads = [
    { loadId: 9, runId: "c-replay" },
    { loadId: 8, runId: "b" },
    { loadId: 7, runId: "b-backfill" },
    { loadId: 6, runId: "b" },
    { loadId: 5, runId: "a" },
  ];
  expect(currentSince(loads)).toBe(6);
  expect(currentSince([])).toBe(0);
});
