/** `1,234,567`: the same in every locale. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** `12`, `980`, `81k`, `3.2M`: for rates. */
export function formatShort(count: number): string {
  if (count >= 1e9) return `${digits(count / 1e9)}G`;
  if (count >= 1e6) return `${digits(count / 1e6)}M`;
  if (count >= 1e3) return `${digits(count / 1e3)}k`;
  return String(Math.round(count));
}

/** `81 B`, `1.2 MB`: powers of 1000. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return power === 0 ? `${Math.round(bytes)} B` : `${digits(bytes / 1000 ** power)} ${units[power]}`;
}

/** `0.42 s`, `38 s`, `4 m 12 s`, `2 h 03 m`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(seconds < 1 ? 2 : 1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${twoDigits(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${twoDigits(Math.floor((whole % 3600) / 60))} m`;
}

/** `1 stream`, `2 streams`. */
export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function digits(value: number): string {
  return value < 9.95 ? value.toFixed(1) : String(Math.round(value));
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
