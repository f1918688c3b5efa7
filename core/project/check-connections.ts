import { nearest } from "../schema/nearest.js";
import type { Problem } from "./problem.js";
import type { FileConnection, ProjectFile } from "./project-schema.js";
import type { Path, ProjectText } from "./project-text.js";

/** What is wrong between the parts of a file: names that lead nowhere, and pairs of modes that cannot be. */
export function checkConnections(file: ProjectFile, text: ProjectText): Problem[] {
  return Object.entries(file.connections).flatMap(([name, connection]) => [
    ...unknownName("source", connection.source, Object.keys(file.sources), ["connections", name, "source"], text),
    ...unknownName(
      "destination",
      connection.destination,
      Object.keys(file.destinations),
      ["connections", name, "destination"],
      text,
    ),
    ...impossibleModes(name, connection, text),
    ...wrongAfter(name, file, text),
  ]);
}

/** Whether a connection follows one that there is, and none that waits for it in turn. */
function wrongAfter(name: string, { connections }: ProjectFile, text: ProjectText): Problem[] {
  const after = connections[name]?.schedule?.after;
  if (after === undefined) return [];
  const path = ["connections", name, "schedule", "after"];
  const unknown = unknownName("connection", after, Object.keys(connections), path, text);
  if (unknown.length > 0) return unknown;
  const before: string[] = [];
  for (let at: string | undefined = after; at !== undefined && !before.includes(at); ) {
    before.push(at);
    at = connections[at]?.schedule?.after;
  }
  if (!before.includes(name)) return [];
  const way = before.slice(0, before.indexOf(name)).map((one) => `'${one}'`);
  return [
    {
      code: "schedule.cycle",
      message: `connection '${name}' would wait for itself${way.length === 0 ? "" : `, by way of ${way.join(", ")}`}`,
      hint: "let one of them be due by cron, every or webhook",
      place: text.placeOf(path),
    },
  ];
}

function unknownName(kind: string, name: string, names: readonly string[], path: Path, text: ProjectText): Problem[] {
  if (names.includes(name)) return [];
  const near = nearest(name, names);
  const known = names.length === 0 ? `add it under ${kind}s:` : `the file has ${names.join(", ")}`;
  return [
    {
      code: `project.unknown_${kind}`,
      message: `there is no ${kind} '${name}' in the file`,
      hint: near === undefined ? known : `did you mean '${near}'?`,
      place: text.placeOf(path),
    },
  ];
}

function impossibleModes(name: string, { defaults, streams }: FileConnection, text: ProjectText): Problem[] {
  return Object.entries(streams ?? { "*": null }).flatMap(([stream, own]) => {
    const { read, write } = { ...defaults, ...own };
    if (read === undefined || read === "full_refresh" || write !== "overwrite") return [];
    const path = ["connections", name, "streams", stream];
    const written =
      own?.write !== undefined ? [...path, "write"] : own?.read !== undefined ? [...path, "read"] : undefined;
    return [
      {
        code: "project.modes",
        message: `stream '${stream}': ${read} cannot be written with overwrite: only the newest rows would be left`,
        hint: "write: merge, append or scd2; or read: full_refresh",
        place: text.placeOf(written ?? ["connections", name, "defaults", "write"]),
      },
    ];
  });
}
