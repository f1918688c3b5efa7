import { fullForm, packed } from "./full-form.js";

/** Leaves request.filter alone. */
export default fullForm("forgets-filters", async function* (request) {
  yield* packed(request);
  yield { type: "checkpoint", state: { id: 7 } };
});
