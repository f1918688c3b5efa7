import { Cron } from "croner";
import { ConfigError } from "../../sdk/errors.js";

/**
 * A cron expression of five fields, as crontab(5) has them.
 * @throws ConfigError `schedule.cron` with the field that is wrong, or where no day is ever meant
 */
export function parseCron(text: string): string {
  const wrong = whatIsWrong(text);
  if (wrong === undefined) return text.trim();
  throw new ConfigError("schedule.cron", `'${text}' is not a cron expression: ${wrong}`, {
    hint: "write minute, hour, day of month, month and day of week: '*/15 * * * *'",
  });
}

function whatIsWrong(text: string): string | undefined {
  try {
    const cron = new Cron(text, { paused: true, mode: "5-part", sloppyRanges: true });
    return cron.nextRun() === null ? "no such day ever comes" : undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, "") : String(error);
  }
}
