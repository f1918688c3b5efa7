import type { Authenticator, AuthSession, Proof } from "./authenticator.js";

/** A token and how long it is good. */
export interface Token {
  readonly value: string;
  readonly goodForMs: number | undefined;
}

export interface HeldToken {
  /** Gets a new one; called once at a time, however many requests wait for it. */
  readonly get: (session: AuthSession) => Promise<Token>;
  readonly proof: (token: string) => Proof;
  /** Other values that must not stand in messages. */
  readonly secrets: () => readonly string[];
}

/** A token is renewed this long before it ends, so that it does not end on its way. */
const earlyMs = 30_000;

/** An authenticator that gets a token when it is first needed, holds it, and gets another when it ends or is refused. */
export function heldToken({ get, proof, secrets }: HeldToken): Authenticator {
  let held: { readonly value: string; readonly until: number } | undefined;
  let coming: Promise<string> | undefined;

  async function renew(session: AuthSession): Promise<string> {
    const { value, goodForMs } = await get(session);
    const early = Math.min(earlyMs, (goodForMs ?? 0) / 10);
    held = { value, until: goodForMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + goodForMs - early };
    return value;
  }

  function token(session: AuthSession): Promise<string> {
    if (held !== undefined && Date.now() < held.until) return Promise.resolve(held.value);
    coming ??= renew(session).finally(() => {
      coming = undefined;
    });
    return coming;
  }

  return {
    authenticate: async (_, session) => proof(await token(session)),
    refused() {
      held = undefined;
      return true;
    },
    secrets: () => [...secrets(), ...(held === undefined ? [] : [held.value])],
  };
}
