const lineFeed = 0x0a;

/** How many lines end from `start` to `end`. Eight bytes are looked at together: most have none. */
export function countLines(bytes: Buffer, start: number, end: number): number {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let count = 0;
  let at = start;
  for (const last = end - 8; at <= last; at += 8) {
    // https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord
    const low = words.getInt32(at) ^ 0x0a0a0a0a;
    const high = words.getInt32(at + 4) ^ 0x0a0a0a0a;
    const zeros = ((low - 0x01010101) & ~low) | ((high - 0x01010101) & ~high);
    if ((zeros & 0x80808080) === 0) continue;
    for (let byte = at; byte < at + 8; byte++) if (bytes[byte] === lineFeed) count++;
  }
  for (; at < end; at++) if (bytes[at] === lineFeed) count++;
  return count;
}
