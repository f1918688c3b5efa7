import { Command, InvalidArgumentError } from "commander";

export interface Options {
  readonly rows: number;
  readonly runs: number;
  readonly only: readonly string[];
  readonly tables: readonly string[];
  readonly peers: readonly string[];
  readonly postgresUrl: string | undefined;
  readonly output: string | undefined;
}

export interface Choices {
  readonly scenarios: readonly string[];
  readonly tables: readonly string[];
  readonly peers: readonly string[];
}

/** The flags of `npm run bench`; prints help and ends the process where it is asked for or a flag is wrong. */
export function parseOptions(words: readonly string[], choices: Choices): Options {
  const program = new Command("npm run bench --")
    .description(
      "Measures Sluice's command line beside the floor and, with --peers, beside other tools: whole processes, " +
        "alternating, peak memory, every row and value compared. Makes its data and starts its own PostgreSQL.",
    )
    .option("--only <names>", `scenarios, comma-separated: ${choices.scenarios.join(", ")}`, oneOf(choices.scenarios))
    .option("--tables <names>", `tables of the full loads: ${choices.tables.join(", ")}`, oneOf(choices.tables), [
      "lineitem",
      "events",
    ])
    .option("--rows <number>", "rows of each table", wholeNumber, 3_000_000)
    .option("--runs <number>", "measured runs of each contender", wholeNumber, 3)
    .option(
      "--peers [names]",
      `also ${choices.peers.join(", ")}, installed from PyPI into bench/data`,
      oneOf(choices.peers),
    )
    .option(
      "--postgres-url <url>",
      "use this database rather than start a server; a superuser's; tables are made in it",
    )
    .option("--output <file>", "where the JSON goes (default: bench/results/<time>.json)")
    .parse([...words], { from: "user" });
  const { only, tables, rows, runs, peers, postgresUrl, output } = program.opts();
  return {
    rows,
    runs,
    only: only ?? choices.scenarios,
    tables,
    peers: peers === true ? choices.peers : (peers ?? []),
    postgresUrl,
    output,
  };
}

function wholeNumber(text: string): number {
  const number = Number(text.replaceAll("_", ""));
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError("a whole number is needed");
  return number;
}

function oneOf(choices: readonly string[]): (text: string) => string[] {
  return (text) => {
    const names = text.split(",").map((name) => name.trim());
    const unknown = names.find((name) => !choices.includes(name));
    if (unknown !== undefined) throw new InvalidArgumentError(`'${unknown}' is none of ${choices.join(", ")}`);
    return names;
  };
}
