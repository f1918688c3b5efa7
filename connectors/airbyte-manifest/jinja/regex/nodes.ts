/** Tells whether a code point belongs to a set. */
export type Belongs = (code: number) => boolean;

/** The syntax tree of a regular expression. */
export type RegexNode =
  | { readonly type: "character"; readonly belongs: Belongs }
  | { readonly type: "sequence" | "alternatives"; readonly parts: readonly RegexNode[] }
  | { readonly type: "group"; readonly number: number | undefined; readonly body: RegexNode }
  | {
      readonly type: "repeat";
      readonly body: RegexNode;
      readonly least: number;
      readonly most: number;
      readonly mode: "greedy" | "lazy" | "possessive";
    }
  | { readonly type: "look"; readonly body: RegexNode; readonly behind: number | undefined; readonly negative: boolean }
  | { readonly type: "atomic"; readonly body: RegexNode }
  | { readonly type: "back"; readonly number: number; readonly ignoreCase: boolean }
  | { readonly type: "conditional"; readonly number: number; readonly yes: RegexNode; readonly no: RegexNode }
  | { readonly type: "start" | "end"; readonly multiline: boolean }
  | { readonly type: "text_start" | "text_end" }
  | { readonly type: "boundary"; readonly negative: boolean };

export interface ParsedRegex {
  readonly root: RegexNode;
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
}

/** The widths that a match of a node can have, in characters. */
export function widthOf(node: RegexNode): readonly [least: number, most: number] {
  switch (node.type) {
    case "character":
      return [1, 1];
    case "sequence":
      return node.parts.map(widthOf).reduce((sum, width) => [sum[0] + width[0], sum[1] + width[1]], [0, 0]);
    case "alternatives": {
      const widths = node.parts.map(widthOf);
      return [Math.min(...widths.map(([least]) => least)), Math.max(...widths.map(([, most]) => most))];
    }
    case "group":
    case "atomic":
      return widthOf(node.body);
    case "repeat": {
      const [least, most] = widthOf(node.body);
      return [least * node.least, most === 0 ? 0 : most * node.most];
    }
    case "conditional": {
      const [yes, no] = [widthOf(node.yes), widthOf(node.no)];
      return [Math.min(yes[0], no[0]), Math.max(yes[1], no[1])];
    }
    case "back":
      return [0, Number.POSITIVE_INFINITY];
    default:
      return [0, 0];
  }
}
