import { rowMembers } from "./row-members.js";

/** The values of a row's key columns, given the row as `rowTexts` writes it: their canonical texts, with every digit. */
export function rowKey(row: string, columns: readonly string[]): (string | null)[] {
  const members = rowMembers(row);
  return columns.map((column) => {
    const member = members.get(column) ?? "null";
    if (member.startsWith('"')) return JSON.parse(member) as string;
    return member === "null" ? null : member;
  });
}
