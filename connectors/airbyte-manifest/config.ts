import { z } from "zod";

/** The settings of a manifest. */
export const config = z.strictObject({
  manifest: z.string().min(1).describe("The manifest's file, relative to the project's folder"),
  config: z
    .record(z.string(), z.json())
    .default({})
    .describe("The connector's own config, as the `spec` of the manifest describes it"),
  private_hosts: z
    .array(z.string())
    .default([])
    .describe("Hosts inside private networks, or this machine, that the manifest may connect to"),
  types: z
    .record(z.string(), z.record(z.string(), z.string()))
    .default({})
    .describe("Types by stream and column, `{ orders: { price: decimal(12,4) } }`, where a schema says too little"),
});

export type Config = z.output<typeof config>;
