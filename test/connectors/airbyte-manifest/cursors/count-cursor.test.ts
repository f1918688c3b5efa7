import { expect, test } from "vitest";
import { json } from "../fake-runtime.js";
import { read, stream } from "../read-manifest.js";

const manifest = {
  streams: [
    stream("s", "s", {
      incremental_sync: {
        type: "IncrementingCountCursor",
        cursor_field: "n",
        start_value: "{{ config['first'] }}",
        start_value_option: { type: "RequestOption", inject_into: "request_parameter", field_name: "after" },
      },
    }),
  ],
};

test("a cursor that counts begins where the manifest says, then where it was", async () => {
  const options = { config: { first: 3 }, answer: () => json({ data: [{ n: 5 }, { n: 9 }, { other: 1 }] }) };
  const first = await read(manifest, "s", options);
  expect([first.paths, first.states.at(-1)]).toEqual([["GET /s?after=3"], { n: 9 }]);
  const next = await read(manifest, "s", options, { state: { n: 9 } });
  expect([next.paths, next.states.at(-1)]).toEqual([["GET /s?after=9"], { n: 9 }]);
});
