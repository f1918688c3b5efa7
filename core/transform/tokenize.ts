import { createHmac } from "node:crypto";

/**
 * Tokens of a key: a function that turns a text into another of the same shape. A digit becomes a digit, a letter a letter
 * of its case and script; everything else and the length stay. The same text gives the same token, and no two texts of one
 * shape give the same.
 *
 * Letters and digits are read as one number of mixed radix, and permuted by an unbalanced-to-balanced Feistel network with
 * modular addition in ten rounds, as the format-preserving mode FF1 does (NIST SP 800-38G; the generalised Feistel of Black
 * and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002), with HMAC-SHA-256 for the round function and the shape as
 * tweak. Long texts are permuted piece by piece, each piece tweaked by those before it. As with every deterministic token,
 * texts of few possible values can be recognised by how often they come.
 */
export function tokenizer(key: string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const token = tokenOf(key, text);
    if (known.size >= rememberedTexts) known.clear();
    known.set(text, token);
    return token;
  };
}

const rememberedTexts = 10_000;
/** Letters and digits that are permuted together. */
const pieceLength = 48;
const rounds = 10;

/** A letter or digit of a text: where it stands, and which of its alphabet it is. */
interface Place {
  readonly at: number;
  readonly alphabet: Alphabet;
  readonly index: number;
}

function tokenOf(key: string, text: string): string {
  const characters = [...text];
  const places = characters.flatMap((character, at): Place[] => {
    const alphabet = alphabetOf(character);
    return alphabet === undefined ? [] : [{ at, alphabet, index: alphabet.letters.indexOf(character) }];
  });
  const shape = characters.map((character) => alphabetOf(character)?.name ?? character).join("");
  for (let from = 0; from < places.length; from += pieceLength) {
    const piece = places.slice(from, from + pieceLength);
    const before = characters.length > pieceLength ? [...text].slice(0, places[from]!.at).join("") : "";
    const permuted = permute(key, `${shape.length}:${shape}${from}:${before}`, piece);
    for (const [i, { at, alphabet }] of piece.entries()) characters[at] = alphabet.letters[permuted[i]!]!;
  }
  return characters.join("");
}

function permute(key: string, tweak: string, places: readonly Place[]): number[] {
  const middle = (places.length + 1) >> 1;
  const halves = [places.slice(0, middle), places.slice(middle)];
  const sizes = halves.map((half) => half.reduce((size, { alphabet }) => size * BigInt(alphabet.letters.length), 1n));
  const values = halves.map((half) =>
    half.reduce((value, { alphabet, index }) => value * BigInt(alphabet.letters.length) + BigInt(index), 0n),
  );
  for (let round = 0; round < rounds; round++) {
    const [side, other] = round % 2 === 0 ? [0, 1] : [1, 0];
    const added = pseudorandom(key, `${round}:${values[other]}:${tweak}`, sizes[side]!);
    values[side] = (values[side]! + added) % sizes[side]!;
  }
  return halves.flatMap((half, side) => digitsOf(values[side]!, half));
}

function digitsOf(value: bigint, places: readonly Place[]): number[] {
  let rest = value;
  const digits = places.map(() => 0);
  for (let i = places.length - 1; i >= 0; i--) {
    const radix = BigInt(places[i]!.alphabet.letters.length);
    digits[i] = Number(rest % radix);
    rest /= radix;
  }
  return digits;
}

/** A number below `size`, off even by no more than 2^-64: 64 bits more are drawn than it has. */
function pseudorandom(key: string, message: string, size: bigint): bigint {
  const bits = size.toString(2).length + 64;
  let drawn = 0n;
  for (let block = 0; block * 256 < bits; block++) {
    const digest = createHmac("sha256", key).update(`${block}:${message}`).digest("hex");
    drawn = (drawn << 256n) | BigInt(`0x${digest}`);
  }
  return drawn % size;
}

interface Alphabet {
  readonly name: string;
  readonly letters: readonly string[];
}

const latin: readonly (readonly [RegExp, Alphabet])[] = [
  [/^[0-9]$/, { name: "0", letters: [..."0123456789"] }],
  [/^[a-z]$/, { name: "a", letters: [..."abcdefghijklmnopqrstuvwxyz"] }],
  [/^[A-Z]$/, { name: "A", letters: [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"] }],
];
const categories = ["Lu", "Ll", "Lt", "Lo", "Lm", "Nd"].map(
  (name) => [name, new RegExp(`^\\p{${name}}$`, "u")] as const,
);
const alphabets = new Map<string, Alphabet | undefined>();

/** The letters a character may become: ASCII's, or those of its category among the 256 code points around it. */
function alphabetOf(character: string): Alphabet | undefined {
  if (!alphabets.has(character)) alphabets.set(character, findAlphabet(character));
  return alphabets.get(character);
}

function findAlphabet(character: string): Alphabet | undefined {
  const ascii = latin.find(([pattern]) => pattern.test(character));
  if (ascii !== undefined) return ascii[1];
  const category = categories.find(([, pattern]) => pattern.test(character));
  if (category === undefined) return undefined;
  const block = character.codePointAt(0)! >> 8;
  const letters = Array.from({ length: 256 }, (_, low) => String.fromCodePoint(block * 256 + low)).filter(
    (one) => category[1].test(one) && !latin.some(([pattern]) => pattern.test(one)),
  );
  return { name: `${category[0]}${block};`, letters };
}
