/** Puts a path behind a base URL as Python's `urljoin` does, the base taken as a folder: a whole URL stands for itself. */
export function joinUrl(written: string, path: string): string {
  const base = written.trimStart();
  if (path === "") return base;
  const folder = base.endsWith("/") ? base : `${base}/`;
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return path;
  const [, scheme = "", host = "", rest = ""] = /^([a-z][a-z0-9+.-]*:)\/\/([^/?#]*)(.*)$/is.exec(folder) ?? [];
  if (scheme === "") return joinPaths(folder, path);
  if (path.startsWith("//")) return `${scheme}${path}`;
  return `${scheme}//${host}${joinPaths(rest.split(/[?#]/)[0] || "/", path)}`;
}

function joinPaths(base: string, path: string): string {
  const [, own = "", tail = ""] = /^([^?#]*)(.*)$/s.exec(path) ?? [];
  if (own === "") return `${base}${tail}`;
  const segments = own.startsWith("/") ? own.split("/") : [...base.split("/").slice(0, -1), ...own.split("/")];
  // Empty segments in the middle go away, as `urljoin` has it.
  const kept = segments.filter((segment, i) => i === 0 || i === segments.length - 1 || segment !== "");
  const resolved: string[] = [];
  for (const segment of kept) {
    if (segment === "..") {
      if (resolved.length > 1) resolved.pop();
    } else if (segment !== ".") resolved.push(segment);
  }
  if (["..", "."].includes(kept.at(-1) ?? "")) resolved.push("");
  return `${resolved.join("/")}${tail}`;
}
