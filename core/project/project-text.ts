import { type Document, isMap, isNode, isPair, LineCounter, type Node, type Range, visit } from "yaml";
import { parseYaml } from "./parse-yaml.js";
import { type Place, type Problem, ProjectError } from "./problem.js";

/** The way to a value in a document: keys and indexes from the root. */
export type Path = readonly (string | number)[];

/** A YAML document that knows where each of its values stands. */
export interface ProjectText {
  /** The document as plain data, nothing replaced. */
  readonly value: unknown;
  /** Where a value stands; the nearest ancestor that is written down where it is missing. */
  placeOf(path: Path): Place;
  /** Where a key stands, or as `placeOf`. */
  placeOfKey(path: Path): Place;
  /** `length` characters of a value that is text on one line; the whole value where it is not. */
  placeInside(path: Path, offset: number, length: number): Place;
}

/**
 * Parses YAML 1.2.
 * @throws ProjectError `project.syntax` with the first syntax error, and with every key that stands twice: what follows
 * from a wrong character is no news
 */
export function parseProjectText(text: string, file: string): ProjectText {
  const lines = new LineCounter();
  const document = parseYaml(text, { lineCounter: lines, prettyErrors: false });
  const secrets = possibleSecrets(document, text);
  /** A stretch of the text with every possible secret made unreadable, everything in its column still. */
  const masked = (from: number, to: number): string => {
    const characters = text.slice(from, to).split("");
    for (const [start, end] of secrets) {
      for (let at = Math.max(start, from); at < Math.min(end, to); at++) characters[at - from] = "•";
    }
    return characters.join("");
  };
  const place = (start: number, end: number): Place => {
    const { line, col } = lines.linePos(start);
    const from = lines.lineStarts[line - 1] ?? 0;
    const excerpt = masked(from, lines.lineStarts[line] ?? text.length).trimEnd();
    const length = Math.max(1, Math.min(end, from + excerpt.length) - start);
    return { file, line, column: col, length, excerpt };
  };
  const [first] = document.errors;
  if (first !== undefined) {
    const twice = document.errors.filter(({ code }) => code === "DUPLICATE_KEY");
    const told = twice.includes(first) ? twice : [first];
    throw new ProjectError(
      told.map(
        ({ code, message, pos: [start, end] }): Problem => ({
          code: "project.syntax",
          message: code === "DUPLICATE_KEY" ? "this key stands here twice" : message,
          hint: undefined,
          place: place(start, end),
        }),
      ),
    );
  }
  const root: Range = document.contents?.range ?? [0, 0, 0];

  function rangeOf(path: Path): Range {
    const node = path.length === 0 ? document.contents : document.getIn(path, true);
    if (isNode(node) && node.range) return node.range;
    return path.length === 0 ? root : keyRangeOf(path.slice(0, -1));
  }

  function keyRangeOf(path: Path): Range {
    const parent = path.length < 2 ? document.contents : document.getIn(path.slice(0, -1), true);
    const key = isMap(parent) && parent.items.find((pair) => isPair(pair) && keyText(pair.key) === String(path.at(-1)));
    return (key && isNode(key.key) && key.key.range) || rangeOf(path);
  }

  return {
    value: document.toJS(),
    placeOf: (path) => place(rangeOf(path)[0], rangeOf(path)[1]),
    placeOfKey: (path) => place(keyRangeOf(path)[0], keyRangeOf(path)[1]),
    placeInside(path, offset, length) {
      const [start, end] = rangeOf(path);
      const plain = text.slice(start, end);
      const quote = /^['"]/.test(plain) ? 1 : 0;
      const exact = !/[\n\\]|''/.test(plain);
      return exact ? place(start + quote + offset, start + quote + offset + length) : place(start, end);
    },
  };
}

// What tells nothing: short numbers, true and false, references.
const plain = /^(?:-?\d{1,5}|true|false|["']?\$\{[^}]*\}["']?)$/;

/** Where the values of connectors' settings stand: any of them may be a secret, whatever its key is called. */
function possibleSecrets(document: Document, text: string): [number, number][] {
  const found: [number, number][] = [];
  visit(document, {
    Scalar(key, node, ancestors) {
      const keys = ancestors.filter(isPair).map((pair) => keyText(pair.key));
      const isSetting = /^(sources|destinations)$/.test(keys[0] ?? "") && keys.at(-1) !== "connector";
      if (key === "key" || !isSetting || !node.range) return;
      const [start, end] = node.range;
      if (!plain.test(text.slice(start, end))) found.push([start, end]);
    },
  });
  return found;
}

function keyText(key: unknown): string | undefined {
  const value = isNode(key) ? (key as Node & { value?: unknown }).value : key;
  return value === undefined || value === null ? undefined : String(value);
}
