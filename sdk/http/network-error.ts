import { ConfigError, SluiceError, TransientError } from "../errors.js";

/** What stopped a request before or within its answer, as the error of who must act. Only the host is named: URLs hold secrets. */
export function networkError(error: unknown, { hostname, port }: URL): SluiceError {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause instanceof SluiceError) return cause;
  const code = codeOf(error);
  const host = port === "" ? hostname : `${hostname}:${port}`;
  if (code === "ENOTFOUND") {
    return new ConfigError("http.host_not_found", `the host '${hostname}' is not known`, {
      hint: "check the base URL and this machine's DNS",
      cause: error,
    });
  }
  if (isTlsCode(code)) {
    return new ConfigError("http.tls", `${host} cannot be trusted: ${code}`, {
      hint: "check the host's certificate; NODE_EXTRA_CA_CERTS names a file with a private authority",
      cause: error,
    });
  }
  const [what, hint] = explanations[code] ?? [`the connection failed (${code})`, undefined];
  return new TransientError("http.network", `${host}: ${what}`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

const explanations: Readonly<Record<string, readonly [string, string?]>> = {
  ECONNREFUSED: ["nothing listens there", "check the host and port, and that the server runs"],
  ECONNRESET: ["the server cut the connection"],
  EPIPE: ["the server cut the connection"],
  ETIMEDOUT: ["no answer in time"],
  EAI_AGAIN: ["its name could not be looked up just now"],
  ENETUNREACH: ["its network cannot be reached"],
  EHOSTUNREACH: ["it cannot be reached"],
};

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : "no code";
}

/** Node names certificate faults after OpenSSL's: `CERT_HAS_EXPIRED`, `DEPTH_ZERO_SELF_SIGNED_CERT`, …; never worth a retry. */
function isTlsCode(code: string): boolean {
  return /CERT|^UNABLE_TO_(GET|VERIFY)|^ERR_TLS|^EPROTO$/.test(code);
}
