import { fullForm, packed } from "./full-form.js";

/** Gives its last rows and says nothing of them. */
export default fullForm("ends-without-a-checkpoint", async function* (request) {
  yield* packed(request);
});
