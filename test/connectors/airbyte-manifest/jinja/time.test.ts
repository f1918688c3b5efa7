import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatDatetime,
  fromMicros,
  parseDatetime,
} from "../../../../connectors/airbyte-manifest/jinja/time/datetime-format.js";
import { isoParse } from "../../../../connectors/airbyte-manifest/jinja/time/iso-parse.js";
import { isoDatetime } from "../../../../connectors/airbyte-manifest/jinja/time/text.js";
import { render } from "./render.js";

const micros = fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n });

test("every instant survives being written and read", () => {
  return fc.assert(
    fc.property(micros, (each) => {
      const datetime = fromMicros(each);
      expect(isoParse(isoDatetime(datetime, "T")).wall).toBe(each);
      if (each > -30_610_224_000_000_000n) {
        const format = "%Y-%m-%dT%H:%M:%S.%f%z";
        expect(parseDatetime(formatDatetime(datetime, format), format).wall).toBe(each);
        expect(parseDatetime(formatDatetime(datetime, "%j %Y %H:%M:%S.%f"), "%j %Y %H:%M:%S.%f").wall).toBe(each);
        const week = "%G-W%V-%u %H:%M:%S.%f";
        expect(parseDatetime(formatDatetime(datetime, week), week).wall).toBe(each);
      }
    }),
  );
});

test("the calendar is JavaScript's own between the years 1 and 9999", () => {
  return fc.assert(
    fc.property(micros, (each) => {
      const date = new Date(Number(each / 1000n - (each % 1000n < 0n ? 1n : 0n)));
      const expected = date
        .toISOString()
        .replace(/^\+?0*(\d{4,})/, "$1")
        .slice(0, 19);
      expect(isoDatetime(fromMicros(each), "T").slice(0, 19)).toBe(expected);
    }),
  );
});

describe("dates in templates", () => {
  test.each([
    ["{{ now_utc() }}", "2024-03-10 12:00:00+00:00"],
    ["{{ [now_utc()] }}", "[datetime.datetime(2024, 3, 10, 12, 0, tzinfo=datetime.timezone.utc)]"],
    ["{{ today_utc() - duration('P1D') }}", "2024-03-09"],
    ["{{ today_with_timezone('Pacific/Kiritimati') }}", "2024-03-11"],
    ["{{ (now_utc() - duration('P1M')).strftime('%Y-%m-%dT%H:%M:%SZ') }}", "2024-02-10T12:00:00Z"],
    ["{{ (str_to_datetime('2024-03-31') - duration('P1M')).date() }}", "2024-02-29"],
    ["{{ day_delta(-2, format='%Y-%m-%d') }} {{ day_delta(1) }}", "2024-03-08 2024-03-11T12:00:00.000000+0000"],
    ["{{ format_datetime('2024-01-15T10:20:30+02:00', '%Y-%m-%d %H:%M') }}", "2024-01-15 08:20"],
    [
      "{{ format_datetime('15/01/2024', '%s', '%d/%m/%Y') }} {{ format_datetime(1700000000, '%Y') }}",
      "1705276800 2023",
    ],
    ["{{ format_datetime('2024-01-15T10:20:30.123456Z', '%Y-%m-%dT%H:%M:%S.%_msZ') }}", "2024-01-15T10:20:30.123Z"],
    ["{{ timestamp('2024-01-15') }} {{ timestamp(1.9) }}", "1705276800.0 1"],
    [
      "{{ str_to_datetime('2024-W03-1') }} {{ str_to_datetime('2024015T24:00') }}",
      "2024-01-15 00:00:00+00:00 2024-01-16 00:00:00+00:00",
    ],
    ["{{ (now_utc() - str_to_datetime('2024-03-01')).days }}", "9"],
    ["{{ now_utc() - str_to_datetime('2024-03-12') }}", "-2 days, 12:00:00"],
    [
      "{{ duration('P1Y2M3DT4H') }} {{ duration('PT1.5H').total_seconds() }}",
      "1 years, 2 months, 3 days, 4:00:00 5400.0",
    ],
    ["{{ now_utc().strftime('%j %U %a %b %p %I %-d %e %s %%') }}", "070 10 Sun Mar PM 12 10 10 1710072000 %"],
    ["{{ now_utc().isoformat(timespec='minutes') }} {{ now_utc().isocalendar()[1] }}", "2024-03-10T12:00+00:00 10"],
    ["{{ now_utc().replace(day=1, hour=0).timestamp() | int }} {{ now_utc().time() }}", "1709251200 12:00:00"],
  ])("%s", (template, text) => expect(render(template)).toBe(text));

  test.each([
    ["{{ str_to_datetime('2024-13-01') }}", "month must be in 1..12"],
    ["{{ str_to_datetime('yesterday') }}", "ValueError"],
    ["{{ format_datetime('2024-01-15', '%Y', '%d/%m/%Y') }}", "does not match format"],
    ["{{ duration('1 day') }}", "Unable to parse duration string"],
    ["{{ today_with_timezone('Mars/Base') }}", "UnknownTimeZoneError"],
    ["{{ str_to_datetime('9999-12-31') + duration('P1D') }}", "date value out of range"],
    ["{{ today_utc() < now_utc() }}", "can't compare"],
  ])("%s fails", (template, message) => expect(() => render(template)).toThrow(message));
});
