import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { type Component, child, children, list, object, requiredText, text, typeOf } from "../load/fields.js";
import { refuseCustom } from "../load/refuse-custom.js";
import { validTypes } from "../select/transform/add-fields.js";
import { copyOfDict } from "../value/copy.js";
import { isDict } from "../value/is-dict.js";
import { deleteAt, putAt } from "../value/paths.js";
import { bindTemplates } from "../value/templates.js";

const none = pyDict();

/** The config as the manifest's migrations bring it into today's form; the user's own stays as it is. */
export function migratedConfig(manifest: Component, config: PyDict, clock: () => number): PyDict {
  const migrations = rulesOf(manifest, "config_migrations");
  const transformations = migrations.flatMap((migration) => children(migration, "transformations"));
  return changed(config, transformations, clock);
}

/** A migrated config as the manifest's transformations change it for what is read; the spec need not allow what they add. */
export function transformedConfig(manifest: Component, config: PyDict, clock: () => number): PyDict {
  return changed(config, rulesOf(manifest, "transformations"), clock);
}

function rulesOf(manifest: Component, name: string): readonly Component[] {
  const spec = child(manifest, "spec");
  const rules = spec === undefined ? undefined : child(spec, "config_normalization_rules");
  return rules === undefined ? [] : children(rules, name);
}

function changed(config: PyDict, transformations: readonly Component[], clock: () => number): PyDict {
  const copy = copyOfDict(config);
  for (const transformation of transformations) transform(transformation, copy, clock);
  return copy;
}

function transform(transformation: Component, config: PyDict, clock: () => number): void {
  const templates = bindTemplates(config, clock);
  const condition = text(transformation, "condition") ?? "";
  const holds = (context = {}) => condition === "" || templates.truth(condition, none, context);
  switch (typeOf(transformation)) {
    case "ConfigAddFields":
      for (const added of children(transformation, "fields")) {
        const path = list(added, "path") ?? [];
        const value = templates.value(requiredText(added, "value"), none, {}, validTypes(text(added, "value_type")));
        if (holds({ value, path: [...path] })) putAt(config, path, value);
      }
      return;
    case "ConfigRemoveFields":
      if (!holds()) return;
      for (const pointer of list(transformation, "field_pointers") ?? []) {
        deleteAt(config, Array.isArray(pointer) ? pointer : [pointer]);
      }
      return;
    case "ConfigRemapField":
      remap(transformation, config, templates);
      return;
    default:
      refuseCustom(transformation, "a transformation of the config");
  }
}

function remap(transformation: Component, config: PyDict, templates: ReturnType<typeof bindTemplates>): void {
  const path: PyValue[] = (list(transformation, "field_path") ?? []).map((segment) =>
    templates.value(str(segment), none),
  );
  const last = path.pop();
  let holder: PyValue | undefined = config;
  for (const segment of path) holder = isDict(holder) ? holder.get(segment) : undefined;
  if (!isDict(holder) || last === undefined) return;
  const value = holder.get(last);
  const map = templates.mapping(object(transformation, "map") ?? none, none);
  if (value !== undefined && map.has(value)) holder.set(last, map.get(value) ?? null);
}
