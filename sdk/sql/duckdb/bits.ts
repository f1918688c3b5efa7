/**
 * Copies bits [from, from + count) to [to, to + count), least significant first. Bits of the target outside that range
 * keep their value before it and are unspecified after it within the last byte.
 */
export function copyBits(source: Uint8Array, from: number, target: Uint8Array, to: number, count: number): void {
  let done = 0;
  if ((to & 7) === 0) {
    const shift = from & 7;
    const bytes = (count + 7) >> 3;
    for (let i = 0, s = from >> 3, t = to >> 3; i < bytes; i++, s++, t++) {
      target[t] = shift === 0 ? source[s]! : (source[s]! >> shift) | ((source[s + 1] ?? 0) << (8 - shift));
    }
    done = count;
  }
  for (; done < count; done++) {
    const bit = (source[(from + done) >> 3]! >> ((from + done) & 7)) & 1;
    const at = to + done;
    target[at >> 3] = (target[at >> 3]! & ~(1 << (at & 7))) | (bit << (at & 7));
  }
}

/** Sets bits [from, from + count). */
export function setBits(target: Uint8Array, from: number, count: number): void {
  for (let at = from; at < from + count; at++) {
    if ((at & 7) === 0 && at + 8 <= from + count) {
      target[at >> 3] = 255;
      at += 7;
    } else {
      target[at >> 3]! |= 1 << (at & 7);
    }
  }
}
