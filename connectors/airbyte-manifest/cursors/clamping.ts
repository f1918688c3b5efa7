import { ConfigError } from "../../../sdk/errors.js";
import { civilFromDays, dayMicros, daysFromCivil, wallDays, weekday } from "../jinja/time/calendar.js";
import type { PyDateTime } from "../jinja/values/value.js";

/** Moves a slice's boundary to the beginning of a day, week or month: the next one, or the last one. */
export interface Clamping {
  readonly up: (time: PyDateTime) => PyDateTime;
  readonly down: (time: PyDateTime) => PyDateTime;
}

const weekdays = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

/** @throws ConfigError `manifest.clamping` */
export function createClamping(target: string, firstWeekday: string | undefined): Clamping {
  switch (target) {
    case "DAY":
      return moving(
        (days) => days + 1,
        (days) => days,
      );
    case "WEEK": {
      const first = weekdays.indexOf(firstWeekday ?? "");
      if (first < 0)
        throw new ConfigError("manifest.clamping", "clamping to weeks needs a weekday in its target_details");
      const ahead = (days: number) => {
        const day = weekday(days);
        return day > first ? 7 - (day - first) : first - day;
      };
      return moving(
        (days) => days + ahead(days),
        (days) => days + ahead(days) - 7,
      );
    }
    case "MONTH":
      return moving(nextMonth, (days) => {
        const { year, month } = civilFromDays(days);
        return daysFromCivil(year, month, 1);
      });
    default:
      throw new ConfigError("manifest.clamping", `'${target}' is no clamping target: DAY, WEEK or MONTH`);
  }
}

function moving(up: (days: number) => number, down: (days: number) => number): Clamping {
  const at = (time: PyDateTime, days: number): PyDateTime => ({ ...time, wall: BigInt(days) * dayMicros });
  return {
    up: (time) => at(time, up(wallDays(time.wall))),
    down: (time) => at(time, down(wallDays(time.wall))),
  };
}

function nextMonth(days: number): number {
  const { year, month, day } = civilFromDays(days);
  if (day === 1) return days;
  return month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1);
}
