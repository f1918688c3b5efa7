import { ConfigError, DataError, type SluiceError, TransientError } from "../errors.js";
import type { HttpResponse } from "./response.js";
import { isTransientStatus } from "./retry.js";

/** The error that a refused request is, by who must act. What the server said stands in the message, secrets hidden. */
export function statusError(method: string, response: HttpResponse, hide: (text: string) => string): SluiceError {
  const { status, url, headers } = response;
  const answer = hide(excerpt(response));
  const message = `${method} ${url.host}${hide(url.pathname)} answered ${status}${answer === "" ? "" : `: ${answer}`}`;
  if (status === 429) {
    return new TransientError("http.rate_limited", message, { hint: "set a lower rate, or run again later" });
  }
  if (isTransientStatus(status, headers)) return new TransientError("http.server_error", message);
  switch (status) {
    case 401:
      return new ConfigError("http.unauthorized", message, { hint: "check the credentials: they may have expired" });
    case 403:
      return new ConfigError("http.forbidden", message, { hint: "the credentials lack a permission for this" });
    case 404:
    case 410:
      return new ConfigError("http.not_found", message, { hint: "check the base URL, the path and the names in it" });
  }
  if (status >= 500) return new TransientError("http.server_error", message);
  if (status === 413 || status === 422) return new DataError("http.rejected", message);
  return new ConfigError("http.rejected", message, { hint: "the server takes the request for a wrong one" });
}

const mostShown = 300;

function excerpt({ bytes, headers }: HttpResponse): string {
  if (/html|octet-stream|zip/.test(headers["content-type"] ?? "")) return "";
  const text = Buffer.from(bytes.subarray(0, mostShown * 4))
    .toString("utf8")
    .replaceAll(/\s+/g, " ")
    .trim();
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text;
}
