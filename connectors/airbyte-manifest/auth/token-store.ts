import { str } from "../jinja/values/text.js";
import { isTruthy } from "../jinja/values/truth.js";
import type { PyValue } from "../jinja/values/value.js";
import { type Component, parametersOf, text, texts } from "../load/fields.js";
import type { Runtime } from "../runtime.js";
import { instantOf } from "../value/instant.js";
import { putAt, valueAt } from "../value/paths.js";

export interface NewToken {
  readonly token: string;
  /** Seconds until it expires, or the time when it does. */
  readonly expires: PyValue | undefined;
  readonly refreshToken: PyValue | undefined;
}

/** Where an access token is kept. */
export interface TokenStore {
  /** Where in the config, if it is kept there: the same for all who share it. */
  readonly place?: string;
  accessToken(): string | undefined;
  refreshToken(): PyValue;
  hasExpired(): boolean;
  credential(name: string, usual: PyValue): PyValue;
  save(token: NewToken): Promise<void>;
  /** An answer had no token, but perhaps a refresh token that replaces the one it was asked for with. */
  keepRefreshToken(token: PyValue | undefined): Promise<void>;
}

/** Kept for as long as the process lives. */
export function memoryTokens(component: Component, runtime: Runtime): TokenStore {
  const parameters = parametersOf(component);
  const evaluated = (name: string) => {
    const template = text(component, name);
    return template === undefined || template === "" ? undefined : runtime.templates.value(template, parameters);
  };
  const given = evaluated("access_token_value");
  const date = evaluated("token_expiry_date");
  let access = given === undefined || given === null ? undefined : str(given);
  let expiry = date === undefined ? runtime.clock() - 86_400_000 : timeOf(date);
  return {
    accessToken: () => access,
    refreshToken: () => {
      const template = text(component, "refresh_token");
      return template === undefined ? null : runtime.templates.text(template, parameters);
    },
    hasExpired: () => access === undefined || runtime.clock() > expiry,
    credential: (_, usual) => usual,
    async save({ token, expires }) {
      const hadExpired = access === undefined || runtime.clock() > expiry;
      access = token;
      if (expires !== undefined && expires !== null) expiry = expiryOf(expires, component, runtime);
      else if (hadExpired) expiry = runtime.clock() + 3_600_000;
    },
    keepRefreshToken: async () => undefined,
  };
}

/** Kept in the config, which is saved after each change: a refresh token that is good for one use is never lost. */
export function configTokens(component: Component, updater: Component, runtime: Runtime): TokenStore {
  const { config } = runtime;
  const path = (name: string, usual: string) => texts(updater, name) ?? ["credentials", usual];
  const read = (at: readonly string[]) => valueAt(config, at) ?? "";
  const accessPath = path("access_token_config_path", "access_token");
  const refreshPath = path("refresh_token_config_path", "refresh_token");
  const expiryPath = path("token_expiry_date_config_path", "token_expiry_date");
  return {
    place: accessPath.join("/"),
    accessToken: () => str(read(accessPath)),
    refreshToken: () => read(refreshPath),
    hasExpired() {
      const expiry = read(expiryPath);
      return expiry === "" || runtime.clock() > timeOf(expiry);
    },
    credential: (name, usual) => {
      const own = valueAt(config, ["credentials", name]);
      return own !== undefined && isTruthy(own) ? own : usual;
    },
    async save({ token, expires, refreshToken }) {
      const until =
        expires === undefined || expires === null ? runtime.clock() + 3_600_000 : expiryOf(expires, component, runtime);
      putAt(config, [...accessPath], token);
      if (isThere(refreshToken)) putAt(config, [...refreshPath], refreshToken);
      putAt(config, [...expiryPath], new Date(until).toISOString());
      await runtime.onConfigChanged();
    },
    async keepRefreshToken(token) {
      if (!isThere(token)) return;
      putAt(config, [...refreshPath], token);
      await runtime.onConfigChanged();
    },
  };
}

function isThere(value: PyValue | undefined): value is Exclude<PyValue, null> {
  return value !== undefined && value !== null;
}

function expiryOf(expires: PyValue, component: Component, { clock }: Runtime): number {
  if (text(component, "token_expiry_date_format") !== undefined) return timeOf(expires);
  const seconds = Number(str(expires));
  return clock() + (Number.isFinite(seconds) ? Math.trunc(seconds) : 3600) * 1000;
}

/** What is no time has passed. */
function timeOf(value: PyValue): number {
  return instantOf(value) ?? 0;
}
