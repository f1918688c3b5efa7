export interface WrapOptions {
  readonly width: number;
  readonly breakLong: boolean;
  readonly onHyphens: boolean;
}

const hyphen = /(?<=[\p{L}_]{2}-|[\p{L}_]-[\p{L}_]-)(?=[\p{L}_]-?[\p{L}_])/u;

/** One line as several of at most a width, broken at spaces and after hyphens; space at a break is dropped. */
export function wrapLine(line: string, { width, breakLong, onHyphens }: WrapOptions): string[] {
  const chunks = line.split(/(\s+)/).flatMap((chunk) => (onHyphens ? chunk.split(hyphen) : [chunk]));
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
        const dash = onHyphens ? next.lastIndexOf("-", room - 1) : -1;
        const end = dash > 0 && /[^-]/.test(next.slice(0, dash)) ? dash + 1 : room;
        current.push(next.slice(0, end));
        pending[0] = next.slice(end);
      } else if (current.length === 0) current.push(pending.shift()!);
    }
    if (current.at(-1)?.trim() === "") current.pop();
    if (current.length > 0) lines.push(current.join(""));
  }
  return lines;
}
