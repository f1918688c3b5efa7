/** How many NULs must stand behind the last bytes, for those who look ahead. */
export const marginBytes = 64;

/** Memory that a file is read into, to be proven. */
export interface GuardMemory {
  readonly bytes: Buffer;
  readonly view: DataView;
  /** As WebAssembly takes it; undefined where it does not see it. */
  readonly shared: object | undefined;
  /** Sees to it that `bytes` has room for so many and the margin behind them, keeping what is there. */
  makeRoom(length: number): void;
}

/** What is used of the global WebAssembly, whose types come with a browser's only; undefined under `node --jitless`. */
export const wasm = (
  globalThis as unknown as {
    WebAssembly?: {
      Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer; grow(pages: number): number };
      Module: new (bytes: Uint8Array) => object;
      Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
    };
  }
).WebAssembly;

/** Memory of JavaScript alone. */
export function plainMemory(length: number): GuardMemory {
  let bytes = Buffer.alloc(length + marginBytes);
  let view = viewOf(bytes);
  return {
    shared: undefined,
    get bytes() {
      return bytes;
    },
    get view() {
      return view;
    },
    makeRoom(wanted) {
      if (wanted + marginBytes <= bytes.length) return;
      bytes = Buffer.concat([bytes], Math.max(wanted + marginBytes, 2 * bytes.length));
      view = viewOf(bytes);
    },
  };
}

const pageBytes = 64 * 1024;

/**
 * Memory that WebAssembly sees too, where there is any. Each takes gigabytes of addresses, though not of memory: not for
 * thousands of files, and not to be had under a limit of addresses such as that of `ulimit -v`.
 */
export function sharedMemory(length: number): GuardMemory {
  const shared = newShared(pagesOf(length));
  if (shared === undefined) return plainMemory(length);
  let bytes = Buffer.from(shared.buffer);
  let view = viewOf(bytes);
  return {
    shared,
    get bytes() {
      return bytes;
    },
    get view() {
      return view;
    },
    makeRoom(wanted) {
      const pages = bytes.length / pageBytes;
      if (pagesOf(wanted) <= pages) return;
      shared.grow(Math.max(pagesOf(wanted) - pages, pages));
      bytes = Buffer.from(shared.buffer);
      view = viewOf(bytes);
    },
  };
}

function newShared(initial: number) {
  try {
    return wasm === undefined ? undefined : new wasm.Memory({ initial });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function pagesOf(length: number): number {
  return Math.ceil((length + marginBytes) / pageBytes);
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
