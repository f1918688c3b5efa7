/** The user's or the system's wish that this process ends. */
export interface Interruption {
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** The exit code of a command that ended for it; undefined while nobody asked. */
  exitCode(): number | undefined;
}

const exitCodes = { SIGINT: 130, SIGTERM: 5, SIGHUP: 5 } as const;

/** Turns the first signal into an abort, and lets the second end the process at once. */
export function watchInterruption(): Interruption {
  const controller = new AbortController();
  let code: number | undefined;
  const names = Object.keys(exitCodes) as (keyof typeof exitCodes)[];
  for (const name of names) {
    process.on(name, () => {
      if (code !== undefined) endAtOnce(name);
      code = exitCodes[name];
      controller.abort(new DOMException("interrupted", "AbortError"));
    });
  }
  return { signal: controller.signal, exitCode: () => code };
}

/** By the signal itself: an orderly exit would end threads in the middle of native calls, which some answer by an abort. */
function endAtOnce(name: keyof typeof exitCodes): void {
  process.removeAllListeners(name);
  process.kill(process.pid, name);
}
