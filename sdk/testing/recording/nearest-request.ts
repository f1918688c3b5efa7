import type { RecordedRequest } from "./recording.js";

/** The recorded request that is most like one that was not recorded, and how they differ, in words; undefined where there is none. */
export function nearestRequest(asked: RecordedRequest, recorded: readonly RecordedRequest[]): string | undefined {
  let best: { readonly request: RecordedRequest; readonly distance: number } | undefined;
  for (const request of recorded) {
    const distance = distanceOf(asked, request);
    if (best === undefined || distance < best.distance) best = { request, distance };
  }
  return best && `${named(best.request)}: ${differences(asked, best.request).join(", ")}`;
}

/** `GET https://host/path?page=2` */
export function named({ method, url, query = {} }: RecordedRequest): string {
  const pairs = Object.entries(query).flatMap(([name, values]) => values.map((value) => `${name}=${value}`));
  return `${method} ${url}${pairs.length === 0 ? "" : `?${pairs.join("&")}`}`;
}

function distanceOf(a: RecordedRequest, b: RecordedRequest): number {
  const [left, right] = [a.url.split("/"), b.url.split("/")];
  const shared = left.findIndex((part, i) => part !== right[i]);
  const apart = a.url === b.url ? 0 : Math.max(left.length, right.length) - (shared === -1 ? left.length : shared) + 1;
  return apart * 100 + (a.method === b.method ? 0 : 50) + otherNames(a, b).length * 2 + (a.body === b.body ? 0 : 1);
}

function differences(asked: RecordedRequest, found: RecordedRequest): string[] {
  const parameters = otherNames(asked, found).map((name) => {
    const [here, there] = [asked.query?.[name], found.query?.[name]];
    if (here === undefined) return `without ${name}=${there}`;
    return there === undefined ? `with ${name}=${here}` : `${name} is ${here}, not ${there}`;
  });
  return [
    ...(asked.method === found.method ? [] : [`${asked.method}, not ${found.method}`]),
    ...(asked.url === found.url ? [] : ["another path"]),
    ...parameters,
    ...(asked.body === found.body ? [] : [`the body is ${short(asked.body)}, not ${short(found.body)}`]),
  ];
}

function otherNames({ query: a = {} }: RecordedRequest, { query: b = {} }: RecordedRequest): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].filter((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]));
}

function short(text = "empty"): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
