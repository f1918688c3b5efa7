import type { Secret } from "../../config/secret.js";
import type { Authenticator } from "./authenticator.js";

/** A secret as authors have it: from a config field made by `secret()`, or text. */
export type SecretText = Secret | string;

export function revealed(secret: SecretText): string {
  return typeof secret === "string" ? secret : secret.reveal();
}

/** `Authorization: Bearer …` (RFC 6750). */
export function bearer(token: SecretText): Authenticator {
  return {
    authenticate: () => ({ headers: { authorization: `Bearer ${revealed(token)}` } }),
    secrets: () => [revealed(token)],
  };
}

/** `Authorization: Basic …` (RFC 7617), in UTF-8. */
export function basic(username: string, password: SecretText): Authenticator {
  const encoded = () => Buffer.from(`${username}:${revealed(password)}`).toString("base64");
  return {
    authenticate: () => ({ headers: { authorization: `Basic ${encoded()}` } }),
    secrets: () => [revealed(password), encoded()],
  };
}

export interface ApiKey {
  readonly in: "header" | "query" | "cookie";
  /** Of the header, parameter or cookie. */
  readonly name: string;
  readonly key: SecretText;
  /** Stands before the key, as in `Token abc`. */
  readonly prefix?: string;
}

/** A key that the server has given out, wherever it wants to see it. */
export function apiKey({ in: place, name, key, prefix = "" }: ApiKey): Authenticator {
  const value = () => prefix + revealed(key);
  const proofs = {
    header: () => ({ headers: { [name]: value() } }),
    query: () => ({ query: { [name]: value() } }),
    cookie: () => ({ headers: { cookie: `${name}=${encodeURIComponent(value())}` } }),
  };
  return { authenticate: proofs[place], secrets: () => [revealed(key)] };
}
