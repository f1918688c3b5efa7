/** Strings gathered one after the other: `rows` of them, their bytes in `data[0, length)`, their ends in `offsets`. */
export interface ByteSink {
  rows: number;
  length: number;
  offsets: Int32Array;
  data: Uint8Array;
  /** Over all of `data`. */
  view: DataView;
}

export function byteSink(rows: number, bytes: number): ByteSink {
  const data = new Uint8Array(bytes);
  return { rows: 0, length: 0, offsets: new Int32Array(rows + 1), data, view: new DataView(data.buffer) };
}

/** Makes room for more rows and bytes, with some spare so that copying by words may overshoot. */
export function reserve(sink: ByteSink, rows: number, bytes: number): void {
  if (sink.rows + rows + 1 > sink.offsets.length) {
    const offsets = new Int32Array(Math.max(sink.rows + rows + 1, sink.offsets.length * 2));
    offsets.set(sink.offsets.subarray(0, sink.rows + 1));
    sink.offsets = offsets;
  }
  const needed = sink.length + bytes + spareBytes;
  if (needed > sink.data.length) {
    const data = new Uint8Array(Math.max(needed, Math.min(sink.data.length * 2, needed + maxGrowthBytes)));
    data.set(sink.data.subarray(0, sink.length));
    sink.data = data;
    sink.view = new DataView(data.buffer);
  }
}

const spareBytes = 16;
const maxGrowthBytes = 8 * 1024 * 1024;
