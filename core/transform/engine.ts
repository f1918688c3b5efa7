import type { Engine, EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import type { TokenizeMask } from "./transforms.js";

/**
 * The DuckDB in which expressions run: in memory, in a thread of its own, opened when first asked for. It has no way to
 * files, the network, extensions or its own settings, and spills nothing to disk.
 */
export interface ExpressionEngine {
  connection(): Promise<EngineConnection>;
  /** A name that no relation of this engine has yet. */
  relationName(): string;
  /** Makes the tokens of a mask known to it; returns the name of the function from text to text. */
  tokenizer(mask: TokenizeMask): Promise<string>;
  close(): Promise<void>;
}

/** @param memoryBytes that the engine may hold at once */
export function expressionEngine(memoryBytes: number): ExpressionEngine {
  let opened: Promise<{ engine: Engine; connection: EngineConnection }> | undefined;
  let relations = 0;
  let tokenizers = 0;

  async function open() {
    const { openEngine } = await import("../../sdk/sql/duckdb/engine.js");
    const engine = await openEngine({
      path: ":memory:",
      memoryBytes,
      // One thread keeps the rows of a batch in their order.
      threads: 1,
      tempDir: "",
      settings: { enable_external_access: "false" },
    });
    const connection = await engine.connect();
    await connection.run("SET lock_configuration = true");
    return { engine, connection };
  }

  function ready() {
    opened ??= open();
    return opened;
  }

  return {
    connection: async () => (await ready()).connection,
    async tokenizer({ key }) {
      const { connection } = await ready();
      const name = `tokenize_${++tokenizers}`;
      const module = new URL("./tokenize.js", import.meta.url);
      await connection.defineText({ name, module, options: key.reveal() });
      return name;
    },
    relationName: () => `batch_${++relations}`,
    async close() {
      const known = await opened?.catch(() => undefined);
      await known?.engine.close();
    },
  };
}
