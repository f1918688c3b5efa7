import { fromPlain } from "../../../../connectors/airbyte-manifest/jinja/json.js";
import {
  compileTemplate,
  type RenderOptions,
  renderText,
} from "../../../../connectors/airbyte-manifest/jinja/template.js";

/** Noon of a Sunday, for every test. */
export const clock = () => Date.UTC(2024, 2, 10, 12);

/** What a template writes, its context given as plain JSON. */
export function render(
  template: string,
  context: Record<string, unknown> = {},
  options: Partial<RenderOptions> = {},
): string {
  const values = Object.fromEntries(Object.entries(context).map(([name, value]) => [name, fromPlain(value)]));
  return renderText(compileTemplate(template), values, { clock, ...options });
}
