import { setMaxListeners } from "node:events";

/** A signal that is aborted with another one, or by itself. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Aborts it, and lets go of the other one. */
  end(): void;
}

/** Unlike `AbortSignal.any` it leaves nothing behind at the other signal, which may live much longer. */
export function linkedSignal(other: AbortSignal): LinkedSignal {
  const own = new AbortController();
  const follow = () => own.abort(other.reason);
  setMaxListeners(0, other);
  if (other.aborted) follow();
  other.addEventListener("abort", follow, { once: true });
  return {
    signal: own.signal,
    end() {
      other.removeEventListener("abort", follow);
      own.abort();
    },
  };
}
