/** Replaces secret values, in every form they may take in a message, by `[secret]`. */
export interface Redactor {
  /** From now on this value is replaced. */
  remember(secret: string): void;
  redact(text: string): string;
}

// Shorter values would turn ordinary words into noise, and hide nothing.
const shortest = 4;

/** A redactor that knows no secret yet. */
export function createRedactor(): Redactor {
  const forms = new Set<string>();
  let pattern: RegExp | undefined;
  return {
    remember(secret) {
      for (const value of [secret, ...passwordsOf(secret)]) {
        for (const form of formsOf(value)) if (form.length >= shortest) forms.add(form);
      }
      const longestFirst = [...forms].sort((a, b) => b.length - a.length);
      pattern = longestFirst.length === 0 ? undefined : new RegExp(longestFirst.map(escaped).join("|"), "g");
    },
    redact: (text) => (pattern === undefined ? text : text.replaceAll(pattern, "[secret]")),
  };
}

/** The passwords inside a URL, as written and as meant. */
export function passwordsOf(text: string): string[] {
  // An unescaped @ may stand in the password or behind it: both readings count.
  const readings = [
    /^[a-z][a-z0-9+.-]*:\/\/[^/?#@:]*:(.*?)@/i,
    /^[a-z][a-z0-9+.-]*:\/\/[^/?#@:]*:(.*)@/i,
    /[?&](?:ssl)?password=([^&#]*)/i,
  ];
  const passwords = readings.flatMap((reading) => reading.exec(text)?.[1] || []);
  return passwords.flatMap((password) => [password, decoded(password)]);
}

function formsOf(value: string): string[] {
  const base64 = Buffer.from(value).toString("base64").replace(/=+$/, "");
  return [value, encodeURIComponent(value), base64, JSON.stringify(value).slice(1, -1)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
