import { inspect } from "node:util";
import { z } from "zod";

/** A value that prints as `[secret]` everywhere: in logs, errors, JSON and debuggers. `reveal()` is the one way in. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself: hand it to the driver and keep it nowhere. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [inspect.custom](): string {
    return "[secret]";
  }
}

/** A config field that holds a secret: a string in the file, a `Secret` in the code, `format: password` in JSON Schema. */
export function secret(description: string) {
  return z
    .string()
    .min(1)
    .transform((value) => new Secret(value))
    .meta({ description, format: "password", secret: true });
}
