import { configJsonSchema } from "../../config/json-schema.js";
import type { JsonObject } from "../../json.js";
import type { Check } from "./check.js";
import type { Bench } from "./subject.js";
import { expect } from "./verdict.js";

const soundsSecret = /(^|_)(token|password|secret|api_?key|private_key|credential)s?($|_)/i;

function settingsOf({ source }: Bench): [string, JsonObject][] {
  const { properties } = configJsonSchema(source.config);
  return Object.entries((properties ?? {}) as Record<string, JsonObject>);
}

/** What is asked of a connector's config, before anything is opened. */
export const configChecks: readonly Check<Bench>[] = [
  {
    name: "config refuses unknown settings",
    advice: "declare it with z.strictObject: a mistyped setting must be an error, not ignored",
    async run({ source, config }) {
      const { success } = source.config.safeParse({ ...config, no_such_setting: 1 });
      expect(!success, "the setting 'no_such_setting' is taken");
    },
  },
  {
    name: "config is documented",
    advice: 'give each field .describe("…"): editors, the reference page and error messages show it',
    async run(bench) {
      const bare = settingsOf(bench).filter(([, schema]) => !schema.description);
      expect(bare.length === 0, `no description: ${bare.map(([name]) => name).join(", ")}`);
    },
  },
  {
    name: "config keeps its secrets",
    advice: 'declare it with secret("…"): then it prints as [secret] and is taken out of logs and errors',
    async run(bench) {
      const plain = settingsOf(bench).filter(
        ([name, schema]) => soundsSecret.test(name) && schema.secret !== true && schema.type === "string",
      );
      expect(plain.length === 0, `plain text, though it sounds secret: ${plain.map(([name]) => name).join(", ")}`);
    },
  },
  {
    name: "config given is valid",
    advice: "correct the settings that the connector is tested with",
    async run({ source, config }) {
      const { error } = source.config.safeParse(config);
      const problems = error?.issues.map(({ path, message }) => `${path.join(".") || "config"}: ${message}`) ?? [];
      expect(problems.length === 0, problems.join("; "));
    },
  },
];
