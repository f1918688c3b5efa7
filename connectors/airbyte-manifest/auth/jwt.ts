import { createHmac, createPrivateKey, type KeyObject, sign } from "node:crypto";
import { ConfigError } from "../../../sdk/errors.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import { isTruthy } from "../jinja/values/truth.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { type Component, child, integer, object, parametersOf, requiredText, text } from "../load/fields.js";
import { pythonJson } from "../requests/python-json.js";
import type { Runtime } from "../runtime.js";
import { apiKey, headerOption } from "./api-key.js";
import type { Authenticator } from "./authenticator.js";

/** A JwtAuthenticator: signs a token (RFC 7519) for every request. */
export function jwtAuthenticator(component: Component, runtime: Runtime): Authenticator {
  const token = async () => {
    const prefix = evaluated(component, "header_prefix", runtime);
    const signed = signedToken(component, runtime);
    return isTruthy(prefix) ? `${str(prefix)} ${signed}` : signed;
  };
  return apiKey(token, child(component, "request_option") ?? headerOption("Authorization"), runtime);
}

function signedToken(component: Component, runtime: Runtime): string {
  const algorithm = requiredText(component, "algorithm");
  const header = pyDict([["typ", "JWT"], ["alg", algorithm], ...members(component, "additional_jwt_headers", runtime)]);
  const named = child(component, "jwt_headers") ?? pyDict([["typ", "JWT"]]);
  for (const name of ["kid", "typ", "cty"])
    setGiven(header, name, evaluated(named, name, runtime, parametersOf(component)));
  header.set("alg", algorithm);
  const payload = members(component, "additional_jwt_payload", runtime);
  const claims = child(component, "jwt_payload") ?? pyDict();
  for (const name of ["iss", "sub", "aud"])
    setGiven(payload, name, evaluated(claims, name, runtime, parametersOf(component)));
  const now = Math.floor(runtime.clock() / 1000);
  payload.set("iat", BigInt(now));
  payload.set("exp", BigInt(now + (integer(component, "token_duration") ?? 1200)));
  payload.set("nbf", BigInt(now));
  const content = `${base64(pythonJson(header, { sortedKeys: true }))}.${base64(pythonJson(payload, {}))}`;
  return `${content}.${signature(content, algorithm, component, runtime)}`;
}

function signature(content: string, algorithm: string, component: Component, runtime: Runtime): string {
  const secret = str(evaluated(component, "secret_key", runtime));
  const encodes = component.get("base64_encode_secret_key") ?? false;
  const isEncoded = runtime.templates.truth(
    typeof encodes === "boolean" ? encodes : str(encodes),
    parametersOf(component),
  );
  const key = isEncoded ? Buffer.from(secret).toString("base64") : secret;
  const [, family = "", bits = "512"] = /^(HS|RS|PS|ES)(256K|256|384|512)$/.exec(algorithm) ?? [];
  const hash = `sha${bits.replace("K", "")}`;
  if (family === "HS") return createHmac(hash, key).update(content).digest("base64url");
  const privateKey = readKey(key, evaluated(component, "passphrase", runtime));
  const data = Buffer.from(content);
  if (algorithm === "EdDSA") return sign(null, data, privateKey).toString("base64url");
  if (family === "ES") return sign(hash, data, { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url");
  if (family === "RS") return sign(hash, data, privateKey).toString("base64url");
  if (family === "PS") return sign(hash, data, { key: privateKey, padding: 6, saltLength: -1 }).toString("base64url");
  throw new ConfigError("manifest.authenticator", `the manifest signs tokens by '${algorithm}', which is not known`);
}

function readKey(key: string, passphrase: PyValue): KeyObject {
  try {
    return createPrivateKey(isTruthy(passphrase) ? { key, passphrase: str(passphrase) } : key);
  } catch {
    throw new ConfigError("manifest.authenticator", "the key that the manifest signs tokens with is no private key", {
      hint: "give the whole PEM text, line breaks included",
    });
  }
}

function evaluated(
  component: Component,
  name: string,
  { templates }: Runtime,
  parameters = parametersOf(component),
): PyValue {
  const template = text(component, name);
  return template === undefined || template === "" ? null : templates.value(template, parameters);
}

function members(component: Component, name: string, { templates }: Runtime): PyDict {
  return templates.mapping(object(component, name) ?? pyDict(), parametersOf(component));
}

function setGiven(target: PyDict, name: string, value: PyValue): void {
  if (value !== null) target.set(name, value);
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64url");
}
