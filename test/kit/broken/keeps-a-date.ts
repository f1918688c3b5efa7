import type { Json } from "../../../sdk/index.js";
import { fullForm, packed } from "./full-form.js";

/** Puts a Date into its state, which comes back as text. */
export default fullForm("keeps-a-date", async function* (request) {
  yield* packed(request);
  yield { type: "checkpoint", state: { id: 7, at: new Date(0) as unknown as Json } };
});
