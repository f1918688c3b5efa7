import { fullForm, packed, stream } from "./full-form.js";

/** Gives all columns, whatever it is asked for. */
export default fullForm("gives-its-own-columns", async function* (request) {
  yield* packed(
    request,
    stream.columns.map(({ name }) => name),
  );
  yield { type: "checkpoint", state: { id: 7 } };
});
