/** The same readings by Python's own decimals and dates, where there is a Python: they know nothing of this program. */
import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDateFormat } from "../../../src/values/date-format.ts";
import { readDate } from "../../../src/values/dates.ts";
import { NumberReader } from "../../../src/values/numbers.ts";
import { timesOf } from "../../tiers/tiers.ts";

const hasPython = spawnSync("python3", ["--version"]).status === 0;
const SAMPLES = 5 * timesOf("reading paths");

/** Reads `[kind, text, ...]` lines; answers each with what it is, or null. */
const SCRIPT = `
import json, sys
from datetime import datetime
from decimal import Decimal
def number(text, decimal, mark):
    sign, body = (text[0], text[1:]) if text[:1] in ("+", "-") else ("", text)
    whole, comma, fraction = body.partition(decimal)
    if comma and not (fraction.isascii() and fraction.isdigit()): return None
    digits = whole.replace(mark, "") if mark else whole
    if digits and not (digits.isascii() and digits.isdigit()): return None
    if not digits and not comma: return None
    if mark and mark in whole and (not digits or format(int(digits), ",").replace(",", mark) != whole): return None
    return str(Decimal(sign + (digits or "0") + ("." + fraction if comma else "")).normalize())
def date(text, form):
    try: return datetime.strptime(text, form).isoformat(sep=" ")
    except ValueError: return None
for line in sys.stdin:
    kind, *rest = json.loads(line)
    print(json.dumps(number(*rest) if kind == "number" else date(*rest)))
`;

function askPython(questions: readonly (readonly string[])[]): (string | null)[] {
  const input = questions.map((each) => `${JSON.stringify(each)}\n`).join("");
  const { stdout, stderr, status } = spawnSync("python3", ["-c", SCRIPT], {
    input,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  expect(status, stderr).toBe(0);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as string | null);
}

/** A decimal without what does not change its value, so that two spellings of one can be compared. */
function plain(text: string | null): string | null {
  if (text === null) return null;
  const [, sign = "", whole = "", fraction = "", power = "0"] =
    /^([+-]?)(\d+)(?:\.(\d+))?(?:E\+?(-?\d+))?$/i.exec(text) ?? [];
  const zeros = "0".repeat(Math.max(0, Number(power)));
  const digits = `${whole}${fraction}${zeros}`.padStart(fraction.length + 1, "0");
  const at = digits.length - fraction.length;
  const value = `${digits.slice(0, at).replace(/^0+(?=\d)/, "")}.${digits.slice(at)}`.replace(
    /\.?0*$/,
    "",
  );
  return (sign === "-" ? "-" : "") + value;
}

/** As Python shows a moment. */
function asMoment(text: string | null): string | null {
  if (text === null) return null;
  const whole = text.length === 10 ? `${text} 00:00:00` : text;
  return whole
    .replace(/\.(\d+)$/, (_, digits: string) => `.${digits.padEnd(6, "0")}`)
    .replace(/\.0+$/, "");
}

describe.runIf(hasPython)("Python (skipped where there is none)", () => {
  test("reads numbers as they are read here", () => {
    const marks = fc.constantFrom(
      [",", "."] as const,
      [",", ""] as const,
      [",", "'"] as const,
      [".", ","] as const,
      [".", " "] as const,
    );
    const text = fc
      .array(fc.constantFrom(..."0123456789012345678900.,'- +".split("")), {
        minLength: 1,
        maxLength: 11,
      })
      .map((characters) => characters.join("").trim());
    const formatted = fc.tuple(fc.nat(10 ** 9), fc.nat(99)).map(([n, f]) => {
      return `${n.toLocaleString("de-DE")},${f}`;
    });
    const questions = fc.sample(fc.tuple(marks, fc.oneof(text, formatted)), SAMPLES);
    const asked = questions.map(([[decimal, mark], value]) => ["number", value, decimal, mark]);

    const answers = askPython(asked);
    const found = questions.map(([[decimal, mark], value]) =>
      value === ""
        ? null
        : new NumberReader({ decimal, thousands: mark === "" ? null : mark }).read(value),
    );

    expect(found.some((each) => each !== null)).toBe(true);
    expect(found.map((each, at) => [asked[at], plain(each)])).toEqual(
      answers.map((each, at) => [asked[at], plain(each)]),
    );
  });

  test("reads dates as they are read here", () => {
    const formats =
      "%d.%m.%Y|%m/%d/%Y|%Y-%m-%d %H:%M|%d.%m.%Y %H:%M:%S.%f|%d %b %Y|%B %d, %Y %I:%M %p|%j/%Y".split(
        "|",
      );
    const two = fc.integer({ min: 0, max: 34 });
    const form = fc.constantFrom(...formats);
    const pieces = fc.tuple(
      two,
      two,
      fc.integer({ min: 1980, max: 2040 }),
      two,
      fc.nat(62),
      fc.nat(62),
    );
    const months = "jan|Feb|MAR|april|May|june|Dec|December|Foo".split("|");
    const questions = fc.sample(
      fc.tuple(form, pieces, fc.constantFrom(...months), fc.constantFrom("AM", "pm"), fc.boolean()),
      SAMPLES,
    );
    const asked = questions.map(
      ([format, [day, month, year, hour, minute, second], name, half, pads]) => {
        const pad = (value: number): string => String(value).padStart(pads ? 2 : 1, "0");
        const parts: Readonly<Record<string, string>> = {
          d: pad(day),
          m: pad(month),
          Y: String(year),
          H: pad(hour),
          I: pad(hour),
          M: pad(minute),
          S: pad(second),
          f: String(day * 31),
          b: name,
          B: name,
          p: half,
          j: String(day * 11),
        };
        const text = format.replaceAll(/%(\w)/g, (_, letter: string) => parts[letter] ?? "");
        return ["date", text, format];
      },
    );

    const answers = askPython(asked);
    const found = asked.map(([, text = "", format = ""]) => {
      const parsed = parseDateFormat(format);
      return parsed === null ? null : readDate(text, parsed);
    });

    expect(found.some((each) => each !== null)).toBe(true);
    expect(found.map((each, at) => [asked[at], asMoment(each)])).toEqual(
      answers.map((each, at) => [asked[at], each]),
    );
  });
});
