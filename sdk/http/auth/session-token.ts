import { ConfigError } from "../../errors.js";
import type { HttpRequest } from "../request.js";
import type { HttpResponse } from "../response.js";
import { valueAt } from "../value-at.js";
import type { Authenticator, Proof } from "./authenticator.js";
import { heldToken } from "./held-token.js";

export interface SessionToken {
  /** The request that logs in. */
  readonly login: HttpRequest;
  /** Where the token is in its answer: a path in the JSON such as `session.id`, or a function. */
  readonly token: string | ((response: HttpResponse) => unknown);
  /** How a request shows the token; as a bearer's where absent. */
  readonly proof?: (token: string) => Proof;
  /** How long a session lasts; unset: until the server answers 401. */
  readonly seconds?: number;
  /** Values of the login that must not stand in messages. */
  readonly secrets?: readonly string[];
}

/** A login that gives a token for a session; done again when the session ends. */
export function sessionToken({ login, token, proof = asBearer, seconds, secrets = [] }: SessionToken): Authenticator {
  return heldToken({
    async get(session) {
      const response = await session.send(login);
      const value = typeof token === "string" ? valueAt(response.json(), token) : token(response);
      if (typeof value !== "string" || value === "") throw noToken(response.url);
      return { value, goodForMs: seconds === undefined ? undefined : seconds * 1000 };
    },
    proof,
    secrets: () => secrets,
  });
}

function asBearer(token: string): Proof {
  return { headers: { authorization: `Bearer ${token}` } };
}

function noToken({ host, pathname }: URL): ConfigError {
  return new ConfigError("http.token_refused", `the login at ${host}${pathname} gave no token`, {
    hint: "check where the token stands in the answer",
  });
}
