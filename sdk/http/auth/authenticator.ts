import type { HttpRequest } from "../request.js";
import type { HttpResponse } from "../response.js";

/**
 * Proves to a server who asks. Made by `bearer`, `basic`, `apiKey`, `oauth2`, `jwtBearer` or `sessionToken`, or by hand:
 * `authenticate` is called for every request to the base URL's host, and to no other.
 */
export interface Authenticator {
  /** What the proof adds to a request: headers and query parameters. */
  authenticate(request: HttpRequest, session: AuthSession): Promise<Proof> | Proof;
  /** The server answered 401: forgets what it refused. Returns whether another try has something new to offer. */
  refused?(session: AuthSession): Promise<boolean> | boolean;
  /** Values that must not stand in a message. */
  secrets?(): readonly string[];
}

export interface Proof {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

/** What an authenticator may do while it works. */
export interface AuthSession {
  /** Sends a request that needs no proof: a login, a request for a token. Retried and guarded as every other. */
  send(request: HttpRequest): Promise<HttpResponse>;
  readonly signal: AbortSignal;
}
