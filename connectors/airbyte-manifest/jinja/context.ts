import { pyDict } from "./values/dict.js";
import type { PyDict, PyValue } from "./values/value.js";

/** A record as templates see it: a mapping that can only be read, with its data as an attribute too. */
export function recordValue(data: PyDict, streamName: string): PyDict {
  return pyDict(data, { type: "Record", attributes: { data, stream_name: streamName } });
}

export interface SliceParts {
  readonly partition: PyDict;
  readonly cursorSlice: PyDict;
  readonly extraFields?: PyDict;
}

/** A stream slice as templates see it: the items of partition and cursor in one, each part as an attribute too. */
export function streamSlice({ partition, cursorSlice, extraFields = pyDict() }: SliceParts): PyDict {
  const attributes: Record<string, PyValue> = {
    partition,
    _partition: partition,
    cursor_slice: cursorSlice,
    extra_fields: extraFields,
  };
  return pyDict([...partition, ...cursorSlice], {
    type: "StreamSlice",
    attributes,
    truthy: extraFields.size > 0,
  });
}

/** HTTP headers as templates see them: names in any case. */
export function headersValue(headers: Iterable<readonly [string, PyValue]>): PyDict {
  return pyDict(headers, { type: "CaseInsensitiveDict", ignoresCase: true });
}
