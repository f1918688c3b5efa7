import { configJsonSchema } from "../../sdk/config/json-schema.js";
import type { Json, JsonObject } from "../../sdk/json.js";
import type { Connectors } from "./check-connector.js";
import { projectSchema } from "./project-schema.js";

/** The JSON Schema of `sluice.yaml` for editors, with the settings of every connector there is. */
export async function editorSchema(sources: Connectors, destinations: Connectors): Promise<JsonObject> {
  const schema = configJsonSchema(projectSchema) as { properties: Record<string, JsonObject> };
  return {
    ...schema,
    title: "sluice.yaml",
    properties: {
      ...schema.properties,
      sources: { ...schema.properties.sources, additionalProperties: await entries(sources) },
      destinations: { ...schema.properties.destinations, additionalProperties: await entries(destinations) },
    },
  };
}

/** A connector in a file or an npm package: its settings are known only where it is. */
function outside(builtIn: readonly string[]): JsonObject {
  return {
    type: "object",
    properties: { connector: { type: "string", not: { enum: builtIn } } },
    required: ["connector"],
  };
}

async function entries(connectors: Connectors): Promise<JsonObject> {
  const options = await Promise.all(
    Object.entries(connectors).map(async ([name, load]): Promise<Json> => {
      const { $schema: _, properties, required, ...rest } = configJsonSchema((await load()).config);
      return {
        ...rest,
        properties: { connector: { const: name }, ...(properties as JsonObject) },
        required: ["connector", ...((required as readonly string[] | undefined) ?? [])],
      };
    }),
  );
  return { oneOf: [...options, outside(Object.keys(connectors))] };
}
