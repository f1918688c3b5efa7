// Sources for the thread's tests: each thread imports this file by itself, so it is JavaScript.
import { z } from "zod";

const columns = [{ name: "n", type: { kind: "int32" }, nullable: false }];
const stream = { name: "numbers", columns, primaryKey: [], cursorFields: [], readModes: ["full_refresh"] };

function batch(rows, memory = new ArrayBuffer(rows * 4)) {
  new Int32Array(memory).forEach((_, i, numbers) => {
    numbers[i] = i;
  });
  const data = new Uint8Array(memory);
  return {
    type: "batch",
    batch: { rows, columns, vectors: [{ layout: "fixed", width: 4, data, validity: undefined }] },
  };
}

function source(read, more = {}) {
  return async () => ({
    name: "numbers",
    title: "Numbers",
    config: z.strictObject({ batches: z.number().default(3) }),
    async open(config, context) {
      return {
        check: async () => {},
        discover: async () => ({ streams: [stream] }),
        read: (request) => read(request, config, context),
        close: async () => {},
        ...more,
      };
    },
  });
}

export const sources = {
  steady: source(async function* (_, { batches }, { log }) {
    for (let i = 0; i < batches; i++) {
      yield batch(1000);
      log("info", "gave", { batches: i + 1 });
    }
    yield { type: "checkpoint", state: { batches } };
  }),
  reusing: source(async function* ({ spareMemory }, { batches }, { log }) {
    for (let i = 0; i < batches; i++) {
      const spare = spareMemory(4000);
      log("info", "asked", { batches: spare?.byteLength ?? 0 });
      yield batch(1000, spare);
    }
  }),
  failing: source(async function* () {
    yield batch(10);
    const error = new Error("broken row 11");
    throw error;
  }),
  exiting: source(async function* () {
    yield batch(10);
    process.exit(3);
  }),
  endless: source(async function* ({ signal }) {
    while (!signal.aborted) yield batch(1000);
  }),
  unreachable: async () => ({
    name: "unreachable",
    title: "Unreachable",
    config: z.strictObject({}),
    open: () => Promise.reject(new Error("no route to host")),
  }),
};
