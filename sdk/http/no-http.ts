import { SystemError } from "../errors.js";
import type { Http } from "./http.js";

/** What stands for the client of a source that has not said how it speaks HTTP. */
export function noHttp(source: string): Http {
  const refuse = (): never => {
    throw new SystemError("http.not_declared", `source '${source}' uses http and does not say how`, {
      hint: "its author must add `http: (config) => ({ baseUrl })` to the source",
    });
  };
  return { get: refuse, post: refuse, request: refuse, exchange: refuse, pages: refuse, close: async () => undefined };
}
