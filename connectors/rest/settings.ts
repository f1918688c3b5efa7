import { apiProblems } from "./check-streams.js";
import { type ApiConfig, apiConfig, type RestConfig } from "./config.js";
import { invalidFile, readSettingsFile } from "./settings-file.js";

/** Everything that must be known of an API. */
export interface ApiSettings extends Omit<ApiConfig, "base_url" | "streams"> {
  readonly base_url: string;
  readonly streams: NonNullable<ApiConfig["streams"]>;
}

/**
 * The settings of the project file with those of the file beside it: where both have one, the project file's.
 * @throws ConfigError `rest.invalid_file` naming line, column, setting and what is wrong with it
 */
export async function apiSettings({ file: name, ...inline }: RestConfig, projectDir: string): Promise<ApiSettings> {
  if (name === undefined) return inline as ApiSettings;
  const file = await readSettingsFile(name, projectDir);
  const parsed = apiConfig.safeParse(file.value);
  const refuse = (problems: readonly { path: readonly PropertyKey[]; message: string }[]) => {
    const texts = problems.map(
      ({ path, message }) => `${file.placeOf(path)}: ${path.map(String).join(".")}: ${message}`,
    );
    return invalidFile(texts.join("; "));
  };
  if (!parsed.success) throw refuse(parsed.error.issues);
  const both = merged(parsed.data, inline);
  const problems = apiProblems(both);
  if (problems.length > 0)
    throw refuse(problems.map(({ path, message, hint }) => ({ path, message: `${message} (${hint})` })));
  return both as ApiSettings;
}

function merged(file: ApiConfig, project: ApiConfig): ApiConfig {
  const said = Object.fromEntries(Object.entries(project).filter(([, value]) => value !== undefined));
  return {
    ...file,
    ...said,
    headers: { ...file.headers, ...project.headers },
    query: { ...file.query, ...project.query },
    private_hosts: [...file.private_hosts, ...project.private_hosts],
    streams: { ...file.streams, ...project.streams },
  };
}
