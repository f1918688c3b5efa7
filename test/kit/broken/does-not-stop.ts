import { fullForm, packed } from "./full-form.js";

/** Waits for its system without an ear for the signal. */
export default fullForm("does-not-stop", async function* (request) {
  yield* packed(request);
  if (request.batch.rows === 1) await new Promise((resolve) => setTimeout(resolve, 20_000).unref());
  yield { type: "checkpoint", state: { id: 7 } };
});
