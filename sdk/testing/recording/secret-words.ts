/** The secrets met while recording, each with a placeholder of its own: what is hidden in an answer is found again in the next request. */
export interface SecretWords {
  /** Short ones cannot be told from other words, and are left. */
  learn(values: readonly string[]): void;
  /** A text with placeholders for the secrets in it, whether they stand there plain, in JSON or in a URL. */
  hide(text: string): string;
}

const shortest = 4;

export function secretWords(): SecretWords {
  const placeholders = new Map<string, string>();
  let pattern: RegExp | undefined;
  let count = 0;

  return {
    learn(values) {
      for (const value of values) {
        if (value.length < shortest || placeholders.has(value)) continue;
        count += 1;
        for (const form of [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)])
          placeholders.set(form, `redacted-${count}`);
        pattern = undefined;
      }
    },
    hide(text) {
      if (placeholders.size === 0) return text;
      pattern ??= anyOf([...placeholders.keys()]);
      return text.replaceAll(pattern, (found) => placeholders.get(found)!);
    },
  };
}

/** The longest first, so that a secret which holds another is hidden whole. */
function anyOf(texts: readonly string[]): RegExp {
  const longestFirst = [...texts].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((text) => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, "\\$&")).join("|"), "g");
}

const secretName =
  /(^|[_-])(access[_-]?token|token|jwt|password|secret|api[_-]?key|private[_-]?key|session|credential)s?($|[_-])/i;
const placeInList = /next|page|cursor|continu|sync|scroll|offset|after|before/i;
const credentialHeader =
  /^(proxy-)?authorization$|^cookie$|token|secret|password|signature|session|api-?key|auth-?key/i;

/** Whether a setting, a member or a parameter is named like a secret rather than like a place in a list. */
export function soundsSecret(name: string): boolean {
  const words = name.replaceAll(/([a-z])([A-Z])/g, "$1_$2");
  return secretName.test(words) && !placeInList.test(words);
}

/** What the headers of a request show to say who asks. */
export function credentialsIn(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers)
    .filter(([name]) => credentialHeader.test(name))
    .flatMap(([, value]) => [
      value.replace(/^\w+ /, ""),
      ...value.split(/;\s*/).map((part) => part.replace(/^[^=]*=/, "")),
    ])
    .filter((value) => value.length >= 8);
}

/** The values in a JSON text that are named like secrets and look like ones: long, of letters and digits. */
export function secretsInJson(text: string): string[] {
  return [...text.matchAll(/"([^"\\]{2,40})"\s*:\s*"([\w.~+/=-]{16,})"/g)]
    .filter(([, name, value]) => soundsSecret(name!) && /\d/.test(value!) && /[a-z]/i.test(value!))
    .map(([, , value]) => value!);
}
