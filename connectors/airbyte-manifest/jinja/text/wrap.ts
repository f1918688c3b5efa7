export interface WrapOptions {
  readonly width: number;
  readonly breakLong: boolean;
  readonly onHyphens: boolean;
}

/** One line as several of at most a width, broken at spaces and after hyphens; space at a break is dropped. */
export function wrapLine(line: string, { width, breakLong, onHyphens }: WrapOptions): string[] {
  const chunks = line
    .split(/(\s+)/)
    .flatMap((chunk) => (onHyphens ? chunk.split(/(?<=[\p{L}\d]-)(?=\p{L})/u) : [chunk]));
  const pending = chunks.filter((chunk) => chunk !== "");
  const lines: string[] = [];
  while (pending.length > 0) {
    if (lines.length > 0 && pending[0]?.trim() === "") pending.shift();
    const current: string[] = [];
    let length = 0;
    while (pending[0] !== undefined && length + pending[0].length <= width) {
      length += pending[0].length;
      current.push(pending.shift()!);
    }
    const next = pending[0];
    if (next !== undefined && next.length > width) {
      const room = Math.max(1, width - length);
      if (breakLong) {
        current.push(next.slice(0, room));
        pending[0] = next.slice(room);
      } else if (current.length === 0) current.push(pending.shift()!);
    }
    if (current.at(-1)?.trim() === "") current.pop();
    if (current.length > 0) lines.push(current.join(""));
  }
  return lines;
}
