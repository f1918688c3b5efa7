import type { Calculator } from "../../sdk/sql/duckdb/calculator.js";
import { tokenizer } from "./tokenize.js";
import type { TokenizeMask } from "./transforms.js";

/**
 * The DuckDB in which expressions run: in memory, opened when first asked for. It has no way to files, the network,
 * extensions or its own settings, and spills nothing to disk.
 */
export interface ExpressionEngine {
  calculator(): Promise<Calculator>;
  /** A name that no relation of this engine has yet. */
  relationName(): string;
  /** Makes the tokens of a mask known to it; returns the name of the function from text to text. */
  tokenizer(mask: TokenizeMask): Promise<string>;
  /** Makes a function from text to text known to it, for which null gives null; returns its name. */
  textFunction(convert: (text: string) => string): Promise<string>;
  close(): Promise<void>;
}

/** @param memoryBytes that the engine may hold at once */
export function expressionEngine(memoryBytes: number): ExpressionEngine {
  let opened: Promise<Calculator> | undefined;
  let relations = 0;
  let functions = 0;

  async function open(): Promise<Calculator> {
    const { openCalculator } = await import("../../sdk/sql/duckdb/calculator.js");
    const calculator = await openCalculator({ memoryBytes, settings: { enable_external_access: "false" } });
    await calculator.run("SET lock_configuration = true");
    return calculator;
  }

  function calculator(): Promise<Calculator> {
    opened ??= open();
    return opened;
  }

  async function textFunction(convert: (text: string) => string): Promise<string> {
    const name = `sluice_text_${++functions}`;
    await (await calculator()).defineText(name, convert);
    return name;
  }

  return {
    calculator,
    textFunction,
    tokenizer: ({ key }) => textFunction(tokenizer(key.reveal())),
    relationName: () => `batch_${++relations}`,
    async close() {
      const known = await opened?.catch(() => undefined);
      await known?.close();
    },
  };
}
