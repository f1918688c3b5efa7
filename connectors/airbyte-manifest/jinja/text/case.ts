/** First character in upper case, the rest in lower case. */
export function capitalize(text: string): string {
  const [first = "", ...rest] = text;
  return first.toUpperCase() + rest.join("").toLowerCase();
}

/** `str.title`: a letter after a character that is none is in upper case, every other in lower case. */
export function titleCase(text: string): string {
  let inWord = false;
  let result = "";
  for (const character of text) {
    result += inWord ? character.toLowerCase() : character.toUpperCase();
    inWord = /\p{Cased}/u.test(character);
  }
  return result;
}

export function swapCase(text: string): string {
  return Array.from(text, (character) => {
    return /\p{Lu}/u.test(character) ? character.toLowerCase() : character.toUpperCase();
  }).join("");
}

/** `str.isupper` and `str.islower`: there are cased characters, and all are of that case. */
export function isAllCase(text: string, upper: boolean): boolean {
  return (upper ? /[\p{Lu}]/u : /[\p{Ll}]/u).test(text) && !(upper ? /[\p{Ll}\p{Lt}]/u : /[\p{Lu}\p{Lt}]/u).test(text);
}

export function isTitleCase(text: string): boolean {
  let inWord = false;
  let found = false;
  for (const character of text) {
    const upper = /[\p{Lu}\p{Lt}]/u.test(character);
    const lower = /\p{Ll}/u.test(character);
    if ((upper && inWord) || (lower && !inWord)) return false;
    inWord = upper || lower;
    found ||= inWord;
  }
  return found;
}
