/** Dates as people write them: written from a day that is known, and read back; what is no such day is refused. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDateFormat } from "../../../src/values/date-format.ts";
import { readDate } from "../../../src/values/dates.ts";
import { readerOf } from "../../../src/values/value-reader.ts";
import { timesOf } from "../../tiers/tiers.ts";

const RUNS = { numRuns: 20 * timesOf("reading paths") };
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

function read(text: string, format: string): string | null {
  const parsed = parseDateFormat(format);
  if (parsed === null) throw new Error(`${format} is no format`);
  return readDate(text, parsed);
}

/** A moment, by the clock of this process's own calendar: not that of the reader. */
const moment = fc
  .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
  .map((date) => new Date(Math.floor(date.getTime() / 1000) * 1000));

interface Writing {
  readonly format: string;
  readonly write: (date: Date, pad: (value: number, width?: number) => string) => string;
  readonly hasTime: boolean;
}

const WRITINGS: readonly Writing[] = [
  {
    format: "%d.%m.%Y",
    hasTime: false,
    write: (at, pad) =>
      `${pad(at.getUTCDate())}.${pad(at.getUTCMonth() + 1)}.${pad(at.getUTCFullYear(), 4)}`,
  },
  {
    format: "%m/%d/%Y %H:%M:%S",
    hasTime: true,
    write: (at, pad) =>
      `${pad(at.getUTCMonth() + 1)}/${pad(at.getUTCDate())}/${pad(at.getUTCFullYear(), 4)} ${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}:${pad(at.getUTCSeconds())}`,
  },
  {
    format: "%b %d, %Y %I:%M:%S %p",
    hasTime: true,
    write: (at, pad) => {
      const hour = at.getUTCHours();
      return `${MONTHS[at.getUTCMonth()] ?? ""} ${pad(at.getUTCDate())}, ${pad(at.getUTCFullYear(), 4)} ${pad(((hour + 11) % 12) + 1)}:${pad(at.getUTCMinutes())}:${pad(at.getUTCSeconds())} ${hour < 12 ? "AM" : "pm"}`;
    },
  },
];

describe("a moment that was written", () => {
  test.each(WRITINGS)(
    "as $format is read back, with and without zeros",
    ({ format, write, hasTime }) => {
      fc.assert(
        fc.property(moment, fc.boolean(), (at, isPadded) => {
          const pad = (value: number, width = 2): string =>
            isPadded || width === 4 ? String(value).padStart(width, "0") : String(value);
          const iso = at.toISOString();

          expect(read(write(at, pad), format)).toBe(
            hasTime ? iso.slice(0, 19).replace("T", " ") : iso.slice(0, 10),
          );
        }),
        RUNS,
      );
    },
  );

  test("as %Y%m%d is read back, and a digit fewer is no date", () => {
    fc.assert(
      fc.property(moment, (at) => {
        const day = at.toISOString().slice(0, 10);
        const text = day.replaceAll("-", "");

        expect(read(text, "%Y%m%d")).toBe(day);
        expect(read(text.slice(0, 7), "%Y%m%d")).toBeNull();
      }),
      RUNS,
    );
  });

  test("a day that no calendar has is refused, and each that one has is not", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9999 }),
        fc.integer({ min: 0, max: 13 }),
        fc.integer({ min: 0, max: 32 }),
        (year, month, day) => {
          const at = new Date(0);
          at.setUTCFullYear(year, month - 1, day);
          const isDay = at.getUTCMonth() + 1 === month && at.getUTCDate() === day;

          expect(
            read(`${day}.${month}.${String(year).padStart(4, "0")}`, "%d.%m.%Y") !== null,
          ).toBe(isDay);
        },
      ),
      RUNS,
    );
  });
});

test.each([
  ["31.12.2025", "%d.%m.%Y", "2025-12-31"],
  ["1.2.2025", "%d.%m.%Y", "2025-02-01"],
  ["29.02.2024", "%d.%m.%Y", "2024-02-29"],
  ["31 december 2025", "%d %B %Y", "2025-12-31"],
  ["366/2024", "%j/%Y", "2024-12-31"],
  ["2025-12-31T14:30:00.25Z", "%Y-%m-%dT%H:%M:%S.%f%z", "2025-12-31 14:30:00.25+00:00"],
  ["31.12.2025 14:30 +0530", "%d.%m.%Y %H:%M %z", "2025-12-31 14:30:00+05:30"],
  ["31.12.2025 14:30 -15:00", "%d.%m.%Y %H:%M %z", "2025-12-31 14:30:00-15:00"],
  ["31.12.2025 14:30 +1501", "%d.%m.%Y %H:%M %z", null],
  ["31.12.2025 14:30 +1460", "%d.%m.%Y %H:%M %z", null],
  ["12.1.2025 12:05 AM", "%d.%m.%Y %I:%M %p", "2025-01-12 00:05:00"],
  ["Wed, 31 Dec 2025", "%a, %d %b %Y", "2025-12-31"],
  ["Tue, 31 Dec 2025", "%a, %d %b %Y", null],
  ["29.02.2025", "%d.%m.%Y", null],
  ["366/2025", "%j/%Y", null],
  ["31.12.25", "%d.%m.%Y", null],
  ["31.12.2025 14:30", "%d.%m.%Y", null],
  ["2025-12-31", "%d.%m.%Y", null],
  ["31.12.2025 24:00", "%d.%m.%Y %H:%M", null],
  ["31.12.2025 13:00 PM", "%d.%m.%Y %I:%M %p", null],
  ["31.12.2025 10:30:60", "%d.%m.%Y %H:%M:%S", null],
  ["31.12.0000", "%d.%m.%Y", null],
  ["100%2025-1-1", "100%%%Y-%m-%d", "2025-01-01"],
])("%j under %j is %j", (text, format, expected) => {
  expect(read(text, format)).toBe(expected);
});

test.each(
  "%d.%m.%y|%d.%m|%Y|%d.%m.%Y %d|%H:%M|%d.%m.%Y %I:%M|%d.%m.%Y %p|%d.%m.%Y %S|%d.%m.%Y %H %I %p|%d.%m.%Y %M|%d.%m.%Y %z|%m.%b.%d.%Y|%j.%m.%Y|%s|%d.%m.%Y %|%Y-%m-%d %Q||dd.mm.yyyy".split(
    "|",
  ),
)("%j is no format", (format) => {
  expect(parseDateFormat(format)).toBeNull();
});

test("a value that fits two formats is read where both mean the same, and refused where they do not", () => {
  const reader = readerOf({ kind: "date", formats: ["%d/%m/%Y", "%m/%d/%Y"] });

  expect(reader("31/12/2025")).toBe("2025-12-31");
  expect(reader("05/05/2025")).toBe("2025-05-05");
  expect(reader("01/02/2025")).toEqual({
    why: "is a date of the forms %d/%m/%Y and %m/%d/%Y, and they mean different days",
  });
  expect(reader("")).toBe("");
});
