/** What a header says, where that is a whole number of a size that can be. */
export function wholeNumber(header: string | undefined): number | undefined {
  return header !== undefined && /^\s*\d{1,15}\s*$/.test(header) ? Number(header) : undefined;
}
