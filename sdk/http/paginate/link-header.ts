import type { NextPage } from "./page.js";

/** The next page as the Link header names it (RFC 8288): `<https://…?page=2>; rel="next"`. */
export function linkHeader(rel = "next"): NextPage {
  return ({ headers, url }) => {
    const target = linkTarget(headers.link ?? "", rel);
    return target === undefined ? undefined : { url: new URL(target, url).href };
  };
}

/** The URL of a relation in a Link header. */
export function linkTarget(header: string, rel: string): string | undefined {
  for (const [, target, parameters] of header.matchAll(/<([^>]*)>([^<]*)/g)) {
    const relations = /(?:^|;)\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(parameters!);
    if ((relations?.[1] ?? relations?.[2])?.toLowerCase().split(/\s+/).includes(rel)) return target;
  }
  return undefined;
}
