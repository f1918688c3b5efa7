import { readFile, rename, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseDocument } from "yaml";
import { type Catalog, ConfigError, formatType, parseType } from "../../sdk/index.js";

/** Types of columns by stream. */
export type KeptTypes = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The file in which inferred types are kept: its types are fixed, and what it does not have is inferred and added. */
export interface SchemaFile {
  readonly types: KeptTypes;
  /** Adds columns that are new; what stands there stays as it is, comments included. */
  add(catalog: Catalog): Promise<void>;
}

const head = `# Types of the columns of a REST source, as its values have shown them. They hold from now on: change one where it
# is known better (a text may be a timestamp, a number a decimal(12,2)). Columns that come up later are added.
`;

/** @throws ConfigError `rest.schema_file` naming what is wrong in it */
export async function openSchemaFile(name: string | undefined, projectDir: string): Promise<SchemaFile> {
  if (name === undefined) return { types: {}, add: async () => undefined };
  const path = resolve(projectDir, name);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new ConfigError("rest.schema_file", `'${name}' cannot be read: ${error.code}`, { cause: error });
  });
  const document = parseDocument(text ?? head);
  return {
    types: checkedTypes(name, document.toJS({ maxAliasCount: 100 }) ?? {}),
    async add({ streams }) {
      let added = 0;
      for (const stream of streams) {
        for (const { name: column, type } of stream.columns) {
          if (document.hasIn([stream.name, column])) continue;
          document.setIn([stream.name, column], formatType(type));
          added += 1;
        }
      }
      if (added === 0) return;
      const written = `${path}.${process.pid}.new`;
      await writeFile(written, document.toString());
      await rename(written, path);
    },
  };
}

function checkedTypes(name: string, value: unknown): KeptTypes {
  const types = value as KeptTypes;
  for (const [stream, columns] of Object.entries(types)) {
    for (const [column, type] of Object.entries(columns ?? {})) {
      try {
        parseType(String(type));
      } catch (cause) {
        throw new ConfigError("rest.schema_file", `${name}: ${stream}.${column}: '${type}' is no type`, {
          hint: "types are int64, timestamp, decimal(12,2), string, json and others: see docs/connectors.md",
          cause,
        });
      }
    }
  }
  return types;
}
