import pc from "picocolors";

/** The colours of the command line, by what they say. */
export interface Palette {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  accent(text: string): string;
}

/** Colours for a stream: only on a terminal that wants them (https://no-color.org). */
export function palette(
  stream: Pick<NodeJS.WriteStream, "isTTY">,
  env: Readonly<Record<string, string | undefined>>,
  wanted: boolean,
): Palette {
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "0";
  const enabled = wanted && !env.NO_COLOR && env.TERM !== "dumb" && (stream.isTTY === true || forced);
  const { bold, dim, green, red, yellow, cyan } = pc.createColors(enabled);
  return { bold, dim, good: green, bad: red, warn: yellow, accent: cyan };
}
