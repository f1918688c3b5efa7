import { type HttpServer, httpServer } from "../http-server.js";

/** An issue as the API gives it, the fields that tests look at. */
export interface GithubIssue {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly state: "open" | "closed";
  readonly created_at: string;
  updated_at: string;
  readonly closed_at: string | null;
  readonly labels: readonly { readonly name: string }[];
  readonly [more: string]: unknown;
}

export const githubToken = "ghp_canary";

/**
 * A server that lists a repository's issues as https://docs.github.com/en/rest/issues/issues says: `since` is inclusive,
 * pages are linked in the Link header, 5,000 requests an hour, 404 without a right to see the repository.
 */
export async function githubServer(issues: GithubIssue[], repository = "octo/demo"): Promise<HttpServer> {
  return httpServer(({ path, query, headers }, response) => {
    response.setHeader("x-ratelimit-remaining", "4999").setHeader("x-ratelimit-reset", "4102444800");
    if (headers.authorization !== `Bearer ${githubToken}`) {
      return void response.writeHead(401).end('{"message":"Bad credentials"}');
    }
    if (path === `/repos/${repository}`) return { full_name: repository };
    if (path !== `/repos/${repository}/issues`) return void response.writeHead(404).end('{"message":"Not Found"}');
    const since = query.get("since") ?? "";
    const size = Math.min(100, Number(query.get("per_page") ?? 30));
    const after = Number(query.get("after") ?? 0);
    const found = issues
      .filter((issue) => issue.updated_at >= since)
      .sort((a, b) => a.updated_at.localeCompare(b.updated_at) || a.id - b.id);
    if (after + size < found.length) {
      query.set("after", String(after + size));
      response.setHeader("link", `<http://${headers.host}${path}?${query}>; rel="next"`);
    }
    return found.slice(after, after + size);
  });
}

export function githubIssue(id: number, updatedAt: string, more: Partial<GithubIssue> = {}): GithubIssue {
  return {
    id,
    number: id,
    title: `issue ${id}`,
    state: id % 3 === 0 ? "closed" : "open",
    created_at: "2024-01-01T00:00:00Z",
    updated_at: updatedAt,
    closed_at: id % 3 === 0 ? updatedAt : null,
    labels: [{ name: "bug" }],
    ...more,
  };
}
