import { pyDict } from "../jinja/values/dict.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { type Component, child, children, flag, parametersOf, requiredText, text, typeOf } from "../load/fields.js";
import { refuseCustom } from "../load/refuse-custom.js";
import type { Runtime } from "../runtime.js";
import { isDict } from "../value/is-dict.js";

/** The state that a stream's parent begins from, as its child has saved it: its own, or what can be made of the child's. */
export function parentState(config: Component, child: PyDict, parent: Component, runtime: Runtime): PyDict {
  const saved = pyDict([...child].filter(([key]) => key !== "__ab_no_cursor_state_message"));
  const name = text(parent, "name") ?? "";
  if (!flag(config, "incremental_dependency") || saved.size === 0) return pyDict();
  const parents = saved.get("parent_state");
  const own = isDict(parents) ? parents.get(name) : undefined;
  if (isDict(own)) return pyDict(own);
  const overall = saved.get("state");
  if (isDict(overall)) return pyDict(overall);
  const [value, ...others] = [...saved.values()];
  const cursor = cursorOf(parent);
  if (value === undefined || others.length > 0 || cursor === undefined) return pyDict();
  const field = runtime.templates.value(requiredText(cursor, "cursor_field"), parametersOf(cursor));
  return pyDict([[field, value]]);
}

/** A saved state as the stream's migrations change it. */
export function migratedState(stream: Component, state: PyDict, runtime: Runtime): PyDict {
  let current = state;
  for (const migration of children(stream, "state_migrations")) {
    if (typeOf(migration) !== "LegacyToPerPartitionStateMigration") return refuseCustom(migration, "a state migration");
    current = perPartition(stream, current, runtime);
  }
  return current;
}

/** `{ key: { cursor: value } }` as a list of partitions, where every member has that form. */
function perPartition(stream: Component, state: PyDict, { templates }: Runtime): PyDict {
  const retriever = child(stream, "retriever");
  const router = retriever === undefined ? undefined : child(retriever, "partition_router");
  const cursor = child(stream, "incremental_sync");
  if (router === undefined || cursor === undefined || state.size === 0 || state.has("states")) return state;
  const parents = children(router, "parent_stream_configs");
  const isUnion = typeOf(router) === "UnionPartitionRouter";
  if (!isUnion && parents.length !== 1) return state;
  const parameters = parametersOf(stream);
  const holder = isUnion ? router : (parents[0] as Component);
  const partitionField = templates.value(requiredText(holder, "partition_field"), parameters);
  const cursorField = templates.value(requiredText(cursor, "cursor_field"), parameters);
  const isLegacy = (value: PyValue) => isDict(value) && value.size === 1 && value.has(cursorField);
  if (![...state.values()].every(isLegacy)) return state;
  const states = [...state].map(([key, value]) =>
    pyDict([
      ["partition", pyDict([[partitionField, key]])],
      ["cursor", value],
    ]),
  );
  return pyDict([["states", states]]);
}

function cursorOf(stream: Component): Component | undefined {
  const inner = typeOf(stream) === "StateDelegatingStream" ? child(stream, "incremental_stream") : stream;
  return inner === undefined ? undefined : child(inner, "incremental_sync");
}
