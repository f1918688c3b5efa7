/** Memory of its own with anything in it, for what is written before it is read. */
export function unzeroedMemory(bytes: number): ArrayBuffer {
  return Buffer.allocUnsafeSlow(bytes).buffer as ArrayBuffer;
}

/** Gives memory of at least so many bytes with anything in it; undefined where there is none. */
export type SpareMemory = (bytes: number) => ArrayBuffer | undefined;
