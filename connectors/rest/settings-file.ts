import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Document, LineCounter, parseDocument } from "yaml";
import { ConfigError, type JsonObject } from "../../sdk/index.js";

/** A YAML file with settings, and where in it each of them stands. */
export interface SettingsFile {
  readonly name: string;
  readonly value: JsonObject;
  /** `api.yaml:12:5`, for the setting at a path or the nearest above it. */
  placeOf(path: readonly PropertyKey[]): string;
}

/** @throws ConfigError `rest.file_missing`, `rest.invalid_file` with line and column */
export async function readSettingsFile(name: string, projectDir: string): Promise<SettingsFile> {
  const text = await readFile(resolve(projectDir, name), "utf8").catch((cause) => {
    throw new ConfigError("rest.file_missing", `the file '${name}' cannot be read: ${cause.code}`, {
      hint: "its path is relative to the folder of sluice.yaml",
      cause,
    });
  });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const [error] = document.errors;
  if (error !== undefined) throw invalidFile(`${at(error.pos[0])}: ${error.message}`);
  const value = valueOfDocument(document, at(0));
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalidFile(`${at(0)}: it has no settings`);
  const reference = /\$\{[^}]*\}/.exec(text);
  if (reference !== null) {
    throw new ConfigError("rest.reference", `${at(reference.index)}: ${reference[0]} is not replaced in this file`, {
      hint: "settings with references belong into sluice.yaml; they win over those of the file",
    });
  }
  return {
    name,
    value: value as JsonObject,
    placeOf(path) {
      for (let length = path.length; length > 0; length--) {
        const node = document.getIn(path.slice(0, length).map(keyOf), true) as
          | { range?: [number, number, number] }
          | undefined;
        if (node?.range) return at(node.range[0]);
      }
      return `${name}:1:1`;
    },
  };
}

function valueOfDocument(document: Document, place: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw invalidFile(`${place}: ${cause instanceof Error ? cause.message : cause}`);
  }
}

export function invalidFile(message: string): ConfigError {
  return new ConfigError("rest.invalid_file", message, { hint: "docs/rest.md shows every setting" });
}

function keyOf(key: PropertyKey): unknown {
  return typeof key === "symbol" ? String(key) : key;
}
