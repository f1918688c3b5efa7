import { type NamingRules, targetNames } from "../schema/naming.js";
import { listsOnTheWay, type NestedChoices } from "./nested-choice.js";

/** A child table of a stream, by the destination's names. */
export interface ChildTable {
  /** The path that it is made of. */
  readonly name: string;
  readonly table: string;
  /** Its columns for the key of the row it belongs to. */
  readonly parentKey: readonly string[];
  /** Its columns for the places in the lists on the way, the outermost first; the last is that in its own list. */
  readonly positions: readonly string[];
}

interface ParentTable {
  readonly table: string;
  /** Target names. */
  readonly primaryKey: readonly string[];
  readonly naming: NamingRules;
}

/** The tables that a stream's nested lists become. */
export function childTables(choices: NestedChoices = {}, { table, primaryKey, naming }: ParentTable): ChildTable[] {
  const parentKey = keyColumns(primaryKey, naming);
  return Object.entries(choices).flatMap(([path, choice]): ChildTable[] => {
    if (choice.type !== "child_table") return [];
    const usual = `${table}_${path.replaceAll(".", "_")}`;
    const name = choice.table ?? targetNames([usual], naming).get(usual)!;
    return [{ name: path, table: name, parentKey, positions: positionColumns(listsOnTheWay(path, choices)) }];
  });
}

const ownPrefix = "_sluice_";

function keyColumns(key: readonly string[], naming: NamingRules): string[] {
  const names = key.map((column) => `parent_${column}`);
  const cut = targetNames(names, { ...naming, maxIdentifierBytes: naming.maxIdentifierBytes - ownPrefix.length });
  return names.map((name) => ownPrefix + cut.get(name)!);
}

function positionColumns(lists: number): string[] {
  const above = Array.from({ length: lists - 1 }, (_, i) => `_sluice_parent_index${i === 0 ? "" : `_${i + 1}`}`);
  return [...above.reverse(), "_sluice_index"];
}
