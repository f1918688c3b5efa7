import type { Problem } from "./problem.js";
import type { ProjectFile } from "./project-schema.js";
import type { Path, ProjectText } from "./project-text.js";
import type { Redactor } from "./redactor.js";
import { maskSecrets } from "./transform-options.js";

interface MaskCheck {
  readonly file: ProjectFile;
  readonly text: ProjectText;
  readonly redactor: Redactor;
  isReference(path: Path): boolean;
}

/** Keys of masks are remembered as secrets, and may not stand in the file themselves. */
export function checkMasks({ file, text, redactor, isReference }: MaskCheck): Problem[] {
  return Object.entries(file.connections).flatMap(([name, { defaults, streams = {} }]) => {
    const at = ["connections", name];
    const options: [Path, typeof defaults][] = [
      [[...at, "defaults"], defaults],
      ...Object.entries(streams).map(([stream, own]): [Path, typeof defaults] => [
        [...at, "streams", stream],
        own ?? undefined,
      ]),
    ];
    return options.flatMap(([path, one]) => {
      for (const secret of maskSecrets(one?.mask)) redactor.remember(secret);
      return Object.entries(one?.mask ?? {}).flatMap(([column, mask]): Problem[] => {
        const place = [...path, "mask", column, mask.type];
        if (!("key" in mask) || isReference(place)) return [];
        const message = `the key of the mask of '${column}' stands in the file`;
        const hint = "write a reference to it: a variable of the environment, or a file";
        return [{ code: "mask.key_written", message, hint, place: text.placeOf(place) }];
      });
    });
  });
}
