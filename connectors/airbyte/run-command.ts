import type { Program, ProgramRun } from "../../sdk/child/program.js";
import type { Log, LogLevel } from "../../sdk/context.js";
import { ConfigError, SluiceError, SystemError, TransientError } from "../../sdk/errors.js";
import { type AirbyteMessage, messageOf, type Trace } from "./message.js";

export interface AirbyteProgram {
  readonly program: Program;
  readonly log: Log;
}

/**
 * Runs one command of a source and gives its messages. Its log goes to the log; a config that it rewrites is kept before
 * the next message is looked at; an error that it traces fails the command whatever its exit code.
 */
export async function* runCommand({ program, log }: AirbyteProgram, run: ProgramRun): AsyncGenerator<AirbyteMessage> {
  let failure: SluiceError | undefined;
  try {
    for await (const lines of program.run(run)) {
      for (const line of lines) {
        const message = messageOf(line);
        if (message === undefined) {
          const text = line.toString();
          if (text.trim() !== "") log("debug", program.redact(text));
        } else if (message.type === "LOG") {
          log(levelOf(message.log.level), program.redact(message.log.message));
        } else if (message.type === "CONTROL") {
          const { connectorConfig } = message.control;
          if (connectorConfig !== undefined) await program.keepConfig(connectorConfig.config);
        } else if (message.type === "TRACE" && message.trace.type === "ERROR") {
          failure ??= tracedError(message.trace, program);
        } else {
          yield message;
        }
      }
    }
  } catch (error) {
    throw failure !== undefined && error instanceof SluiceError && error.code === "child.exited" ? failure : error;
  }
  if (failure !== undefined) throw failure;
}

function tracedError({ error }: Trace, { redact }: Program): SluiceError {
  const { message = "the source failed without a word", internal_message, failure_type } = error ?? {};
  const text = redact(internal_message && internal_message !== message ? `${message} (${internal_message})` : message);
  switch (failure_type) {
    case "config_error":
      return new ConfigError("airbyte.config_error", text, { hint: "see the source's documentation of its config" });
    case "transient_error":
      return new TransientError("airbyte.transient_error", text);
    default:
      return new SystemError("airbyte.system_error", text, { hint: "see the source's log with --log-level debug" });
  }
}

/** A source's log is its own affair: what it tells for information is detail here. */
function levelOf(level: string): LogLevel {
  return /^(fatal|error)$/i.test(level) ? "warn" : "debug";
}
