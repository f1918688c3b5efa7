import type { Message } from "../../sdk/messages.js";

/** The end of a read that failed: told from what fails while its messages are taken in. */
export interface FailedMessage {
  readonly type: "failed";
  readonly error: unknown;
}

/** The messages of a read; where it throws, what it threw as the last one. */
export async function* untilFailure(messages: AsyncIterable<Message>): AsyncGenerator<Message | FailedMessage> {
  try {
    yield* messages;
  } catch (error) {
    yield { type: "failed", error };
  }
}
