import { defineSource } from "../../sdk/index.js";
import { fileConfig } from "./config.js";
import { openFileSource } from "./open-file-source.js";

/** Files on disk: CSV, TSV, JSON, JSON lines, Parquet and Arrow, plain or compressed. */
export default defineSource({
  name: "file",
  title: "Files: CSV, JSON, Parquet, Arrow",
  config: fileConfig,
  open: openFileSource,
});
