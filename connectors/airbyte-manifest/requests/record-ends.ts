/** Looks at the next bytes of a list: how far into them the first and the last record in them end; 0 where none does. */
export type RecordEnds = (chunk: Uint8Array) => { readonly first: number; readonly last: number };

const [lineFeed, carriageReturn, quote] = [0x0a, 0x0d, 0x22];

/** One record a line. */
export function lineEnds(): RecordEnds {
  return (chunk) => ({ first: chunk.indexOf(lineFeed) + 1, last: chunk.lastIndexOf(lineFeed) + 1 });
}

/** Records of CSV in any encoding that has ASCII's characters for itself, as `csvRows` tells them apart. */
export function csvEnds(delimiter: string): RecordEnds {
  const separator = delimiter.charCodeAt(0);
  let isQuoted = false;
  /** The byte before was a quote within quotes: the end of them, unless another one follows. */
  let mayEnd = false;
  let isEmpty = true;
  return (chunk) => {
    let [first, last] = [0, 0];
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (mayEnd) {
        mayEnd = false;
        if (byte === quote) {
          isEmpty = false;
          continue;
        }
        isQuoted = false;
      }
      if (isQuoted) {
        if (byte === quote) mayEnd = true;
        else isEmpty = false;
      } else if (byte === quote && isEmpty) isQuoted = true;
      else if (byte === separator) isEmpty = true;
      else if (byte === lineFeed || byte === carriageReturn) {
        isEmpty = true;
        last = at + 1;
        if (first === 0) first = last;
      } else isEmpty = false;
    }
    return { first, last };
  };
}
