import { SluiceError, TransientError } from "../../sdk/errors.js";

const code = "read.again";

/** Columns came up that the load could not take any more: all was looked at, and is to be read again. */
export function readAgain(stream: string): TransientError {
  const message = `stream '${stream}': columns came up in the middle of a load`;
  return new TransientError(code, message, { stream, hint: "run it again" });
}

/** Reads a stream; where columns came up too late, once more, with what was learned. */
export async function untilLearned(read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof SluiceError && error.code === code)) throw error;
    await read();
  }
}
