import { createHmac, createPrivateKey, sign } from "node:crypto";
import { ConfigError } from "../../errors.js";
import type { Json } from "../../json.js";
import type { Query } from "../request.js";
import type { Authenticator, AuthSession } from "./authenticator.js";
import { heldToken } from "./held-token.js";
import { revealed, type SecretText } from "./plain-auth.js";
import { askForToken } from "./token-answer.js";

/** A JSON Web Token (RFC 7519) that we sign ourselves. */
export interface SignedJwt {
  readonly algorithm: "HS256" | "HS384" | "HS512" | "RS256" | "RS384" | "RS512" | "ES256" | "ES384";
  /** A private key as PEM; for HS the shared secret. */
  readonly key: SecretText;
  readonly keyId?: string;
  /** `iss`, `sub`, `aud` and whatever else; `iat` and `exp` are set. */
  readonly claims: Readonly<Record<string, Json>>;
  /** How long each token is good: 300. */
  readonly seconds?: number;
}

/** A token signed anew when the last one ends, as the bearer's own. */
export function jwt(options: SignedJwt): Authenticator {
  const { seconds = defaultSeconds } = options;
  return heldToken({
    get: async () => ({ value: signedJwt(options, Date.now()), goodForMs: seconds * 1000 }),
    proof: (token) => ({ headers: { authorization: `Bearer ${token}` } }),
    secrets: () => [revealed(options.key)],
  });
}

export interface JwtBearer extends SignedJwt {
  readonly tokenUrl: string;
  /** More parameters of the token request. */
  readonly form?: Query;
}

/** A signed token changed for an access token: grant type `jwt-bearer` (RFC 7523), as with Google's service accounts. */
export function jwtBearer({ tokenUrl, form, ...options }: JwtBearer): Authenticator {
  const get = async (session: AuthSession) => {
    const assertion = signedJwt(options, Date.now());
    const grant = { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion };
    return (await askForToken({ url: tokenUrl, form: { ...grant, ...form } }, session)).token;
  };
  return heldToken({
    get,
    proof: (token) => ({ headers: { authorization: `Bearer ${token}` } }),
    secrets: () => [revealed(options.key)],
  });
}

const defaultSeconds = 300;

/** @param now Unix milliseconds @throws ConfigError `http.jwt_key` */
export function signedJwt({ algorithm, key, keyId, claims, seconds = defaultSeconds }: SignedJwt, now: number): string {
  const issued = Math.floor(now / 1000);
  const header = { alg: algorithm, typ: "JWT", ...(keyId === undefined ? {} : { kid: keyId }) };
  const content = [header, { iat: issued, exp: issued + seconds, ...claims }].map(encoded).join(".");
  return `${content}.${signature(content, algorithm, revealed(key))}`;
}

function signature(content: string, algorithm: SignedJwt["algorithm"], key: string): string {
  const hash = `sha${algorithm.slice(2)}`;
  if (algorithm.startsWith("HS")) return createHmac(hash, key).update(content).digest("base64url");
  try {
    // Keys pasted into one line have their line breaks as two characters.
    const privateKey = createPrivateKey(key.replaceAll("\\n", "\n"));
    return sign(hash, Buffer.from(content), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url");
  } catch (cause) {
    throw new ConfigError("http.jwt_key", `the private key cannot sign with ${algorithm}`, {
      hint: "give the whole key as PEM, from -----BEGIN to -----END",
      cause,
    });
  }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
