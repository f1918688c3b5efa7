import { fullForm, packed } from "./full-form.js";

/** Gives everything as one batch. */
export default fullForm("fills-one-batch", async function* (request) {
  yield* packed({ ...request, batch: { rows: 1_000_000, bytes: 1024 ** 3 } });
  yield { type: "checkpoint", state: { id: 7 } };
});
