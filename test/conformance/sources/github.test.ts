import { afterAll, describe, test } from "vitest";
import github from "../../../connectors/github/index.js";
import { sourceConformance } from "../../../sdk/testing/index.js";
import { type GithubIssue, githubIssue, githubServer, githubToken } from "../../support/vendors/github.js";

const at = (minute: number) => `2024-02-29T12:${String(minute).padStart(2, "0")}:00Z`;
// Three issues a minute, so that pages and reads end among equal cursors.
const issues = Array.from({ length: 9 }, (_, i) => githubIssue(i + 1, at(Math.floor(i / 3))));

sourceConformance(
  { describe, test, afterAll },
  {
    name: "github",
    source: github,
    async prepare() {
      const server = await githubServer(issues);
      return {
        config: { token: githubToken, repository: "octo/demo", base_url: server.url },
        remove: () => server.close(),
      };
    },
    streams: [
      {
        stream: "issues",
        columns: {
          id: "int64",
          created_at: "timestamp",
          updated_at: "timestamp",
          closed_at: "timestamp",
          number: "int64",
          title: "string",
          state: "string",
          labels: "json",
        },
        primaryKey: ["id"],
        rows: issues.map(canonical),
        incremental: {
          cursorField: "updated_at",
          async grow() {
            const added = [githubIssue(20, at(2)), githubIssue(21, at(7))];
            issues.push(...added);
            return added.map(canonical);
          },
        },
      },
    ],
  },
);

function canonical(issue: GithubIssue) {
  const time = (text: string) => text.replace("T", " ").replace("Z", "+00");
  return {
    id: String(issue.id),
    created_at: time(issue.created_at),
    updated_at: time(issue.updated_at),
    closed_at: issue.closed_at === null ? null : time(issue.closed_at),
    number: String(issue.number),
    title: issue.title,
    state: issue.state,
    labels: JSON.stringify(issue.labels),
  };
}
