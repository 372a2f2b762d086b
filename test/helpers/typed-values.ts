/** Values as people write them, each near the edge of what a type takes, and what a plain reading with patterns makes of them. */
import * as fc from "fast-check";
import type { FieldKind } from "../../src/model/record.ts";
import type { TypeRules, ValueType } from "../../src/model/new-table.ts";

/** A value as a reader hands it on; no kind: a field of a CSV. */
export interface SeenValue {
  readonly text: string;
  readonly kind: FieldKind | null;
}

const PLAIN = /^-?(?:0|[1-9]\d*)(?:\.(\d+))?$/;
const MANTISSA = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)$/;
const UUID = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;
const DAY = /^(\d{4})-(\d\d)-(\d\d)/;
const TIME =
  /^(\d{4}-\d\d-\d\d)[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(?:\.(\d{1,7}))?)?(Z|[+-]\d\d:[0-5]\d)?$/;

type Reading =
  | {
      readonly is:
        | "integer"
        | "decimal"
        | "exponent"
        | "boolean"
        | "date"
        | "uuid"
        | "json"
        | "text";
    }
  | {
      readonly is: "timestamp" | "timestamptz";
      readonly fraction: number;
      readonly seconds: boolean;
    };

function isDay(text: string): boolean {
  const [day = "", year = "", month = "", date = ""] = DAY.exec(text) ?? [];
  if (day === "" || year === "0000") return false;
  const time = new Date(`${year}-${month}-${date}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day);
}

function readTime(text: string): Reading | null {
  const [all, day = "", , seconds, fraction = "", offset] = TIME.exec(text) ?? [];
  if (all === undefined || !isDay(day)) return null;
  const found = { fraction: fraction.length, seconds: seconds !== undefined };
  if (offset === undefined) return { is: "timestamp", ...found };
  const minutes = offset === "Z" ? 0 : Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4));
  if (minutes > 840 || day < "0002" || day > "9999") return null;
  return { is: "timestamptz", ...found };
}

function readNumber(text: string): Reading | null {
  const [all, decimals] = PLAIN.exec(text) ?? [];
  if (all === undefined || /^-[0.]+$/.test(text)) return null;
  if (decimals !== undefined) return { is: "decimal" };
  return { is: BigInt.asIntN(64, BigInt(text)) === BigInt(text) ? "integer" : "decimal" };
}

/** What a value is by itself. */
function readValue({ text, kind }: SeenValue): Reading {
  if (kind === "json") return { is: "json" };
  if (kind === "boolean") return { is: "boolean" };
  if (kind !== "text") {
    const number = readNumber(text);
    if (number !== null) return number;
  }
  if (kind === "number") {
    const [, sign, whole = "", decimals = ""] = MANTISSA.exec(text) ?? [];
    if (sign === undefined) return { is: "text" };
    return { is: sign === "-" && !/[1-9]/.test(whole + decimals) ? "text" : "exponent" };
  }
  if (kind === null && (text === "true" || text === "false")) return { is: "boolean" };
  if (UUID.test(text)) return { is: "uuid" };
  if (text.length === 10 && isDay(text)) return { is: "date" };
  return readTime(text) ?? { is: "text" };
}

/** The digits of a number without those that say nothing, and the power of ten of the first. */
function digitsOf(text: string): { readonly digits: string; readonly power: number } {
  const [, whole = "", decimals = "", exponent = "0"] =
    /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const all = whole + decimals;
  const digits = all.replace(/^0+/, "");
  const power = whole.length - 1 - (all.length - digits.length) + Number(exponent);
  return { digits: digits.replace(/0+$/, ""), power: digits === "" ? 0 : power };
}

function most(numbers: readonly number[]): number {
  return numbers.reduce((found, each) => Math.max(found, each), 0);
}

/** The type of a column with these values, where it is in no key. */
export function plainTypeOf(values: readonly SeenValue[], rules: TypeRules): ValueType {
  const readings = values.map(readValue);
  const text: ValueType = { kind: "text", longest: most(values.map((each) => each.text.length)) };
  const all = (...allowed: Reading["is"][]): boolean =>
    values.length > 0 && readings.every(({ is }) => allowed.includes(is));
  if (readings.some(({ is }) => is === "json")) {
    const kept = rules.kinds.has("json") && values.every(({ kind }) => kind !== null);
    return kept ? { kind: "json" } : text;
  }
  if (all("integer")) return { kind: "integer" };
  const texts = values.map((each) => each.text);
  if (all("integer", "decimal")) return decimalOf(texts, rules) ?? text;
  if (all("integer", "decimal", "exponent")) {
    const found = texts.map(digitsOf);
    const fits = found.every(
      ({ digits, power }) => digits.length <= 15 && power >= -290 && power <= 300,
    );
    return fits ? { kind: "double" } : text;
  }
  for (const kind of ["boolean", "date", "uuid"] as const) {
    if (all(kind)) return rules.kinds.has(kind) ? { kind } : text;
  }
  for (const kind of ["timestamp", "timestamptz"] as const) {
    const fits = readings.every(
      (each) =>
        each.is === kind &&
        each.fraction <= rules.fraction &&
        (each.seconds || !rules.needsSeconds),
    );
    if (all(kind)) return fits && rules.kinds.has(kind) ? { kind } : text;
  }
  return text;
}

function decimalOf(texts: readonly string[], { decimal }: TypeRules): ValueType | null {
  const parts = texts.map((each) => each.replace("-", "").split("."));
  const whole = most(parts.map(([digits = ""]) => (digits === "0" ? 0 : digits.length)));
  const scales = parts.flatMap(([, digits]) => digits ?? []);
  const scale = most(scales.map(({ length }) => length));
  const significant = most(texts.map((each) => digitsOf(each).digits.length));
  const codes =
    scales.some((digits) => /.0$/.test(digits)) &&
    parts.some(
      ([head = "", digits]) =>
        digits !== undefined && digits.length !== scale && /[1-9]/.test(head + digits),
    );
  if (codes && !decimal.keepsZeros) return null;
  if (whole > decimal.whole || scale > decimal.scale || whole + scale > decimal.total) return null;
  return significant > decimal.significant ? null : { kind: "decimal", whole, scale };
}

/** A text that is the same for texts which are equal as values of the type. */
export function asValue(text: string, kind: ValueType["kind"]): string {
  if (kind === "uuid") return text.toLowerCase();
  if (kind === "integer" || kind === "decimal" || kind === "double") {
    const { digits, power } = digitsOf(text);
    return `${text.startsWith("-") ? "-" : ""}${digits}e${power}`;
  }
  if (kind !== "timestamp" && kind !== "timestamptz") return text;
  const [, minute = "", second = "00", fraction = "", offset = ""] =
    /^(.{16})(?::(\d\d)(?:\.(\d+))?)?(.*)$/.exec(text) ?? [];
  const instant = Date.parse(`${minute.replace(" ", "T")}:${second}${offset || "Z"}`);
  return `${instant}.${fraction.replace(/0+$/, "")}`;
}

const digits = fc
  .array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 22 })
  .map((list) => list.join(""));
const plain = fc
  .tuple(fc.constantFrom("", "", "-"), digits, fc.option(digits, { nil: null }))
  .map(([sign, whole, decimals]) => `${sign}${whole}${decimals === null ? "" : `.${decimals}`}`);
const price = fc.integer({ min: 0, max: 99_999 }).map((cents) => (cents / 100).toFixed(2));
const edge = fc.constantFrom(
  ..."0|-0|0.0|-0.0|1|-1|007|+1|.5|5.|1.10|1.9|1.0|-0.5|10.00|12E4|1e5|NaN|Infinity|0x1F|1_000| 1|1 |-|--1|1.2.3".split(
    "|",
  ),
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775808",
  "-9223372036854775809",
  "123456789012345",
  "1234567890123456",
);
const two = fc.integer({ min: 0, max: 62 }).map((number) => String(number).padStart(2, "0"));
const day = fc
  .tuple(
    fc.constantFrom("2024", "2023", "1900", "2000", "0001", "0002", "9998", "9999", "0000"),
    fc.constantFrom("01", "02", "02", "04", "12", "13", "00"),
    fc.constantFrom("01", "28", "29", "30", "31", "32", "00"),
  )
  .map((parts) => parts.join("-"));
const goodDay = fc.constantFrom("2024-02-29", "2024-12-31", "0001-01-01", "9999-12-31");
const offset = fc.constantFrom(
  "Z",
  "+00:00",
  "-00:00",
  "+02:00",
  "-14:00",
  "+14:00",
  "+14:01",
  "z",
  "+02",
);
const zone = fc.oneof({ weight: 2, arbitrary: fc.constant("") }, { weight: 1, arbitrary: offset });
const seconds = fc.oneof(
  fc.constant(""),
  fc.constant(":00"),
  fc
    .tuple(two, fc.integer({ min: 0, max: 8 }))
    .map(([second, length]) =>
      length === 0 ? `:${second}` : `:${second}.${"1234560".repeat(2).slice(0, length)}`,
    ),
);
const goodTime = fc
  .tuple(goodDay, fc.constantFrom("T", " "), seconds, zone)
  .map(([date, separator, end, at]) => `${date}${separator}12:30${end}${at}`);
const oddTime = fc
  .tuple(day, fc.constantFrom("T", " ", "t", "  "), two, two, seconds)
  .map(([date, separator, hour, minute, end]) => `${date}${separator}${hour}:${minute}${end}`);
const uuid = fc
  .tuple(fc.uuid(), fc.constantFrom("lower", "upper", "broken"))
  .map(([text, how]) =>
    how === "upper" ? text.toUpperCase() : how === "broken" ? text.replace("-", "x") : text,
  );
const word = fc.constantFrom(
  "true",
  "false",
  "true",
  "True",
  "t",
  "yes",
  "",
  "é",
  "日本",
  "😀",
  'a"b',
);

const integer = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n) - 2n, max: 2n ** 63n + 1n }).map(String),
  fc.constantFrom("9223372036854775807", "9223372036854775808", "0", "12", "100", "-7"),
  fc.constantFrom("-9223372036854775808", "-9223372036854775809"),
);
/** Texts that are equal, or nearly, as values. */
const near = fc
  .constantFrom(
    ["1", "1.0", "1.00", "1.1", "1.10", "-1.10"],
    ["2024-02-29T12:30Z", "2024-02-29T12:30:00Z", "2024-02-29 12:30:00Z", "2024-02-29T13:30+01:00"],
    ["2024-02-29T12:30:00.5", "2024-02-29T12:30:00.50", "2024-02-29T12:30:00.500001"],
    ["2024-02-29 12:30:00.1234567+00:00", "2024-02-29 12:30:00.1234567-00:00"],
    ["0a0b0c0d-0000-4000-8000-00000000000a", "0A0B0C0D-0000-4000-8000-00000000000A"],
    ["true", "false"],
  )
  .chain((texts) => fc.array(fc.constantFrom(...texts), { minLength: 1, maxLength: 4 }));

/** Values of one family, as a rule. */
export const valueLists: fc.Arbitrary<readonly string[]> = fc.oneof(
  { weight: 2, arbitrary: near },
  {
    weight: 7,
    arbitrary: fc
      .constantFrom(integer, plain, price, edge, goodDay, goodTime, oddTime, uuid, day, word)
      .chain((usual) =>
        fc.oneof(
          { weight: 4, arbitrary: fc.array(usual, { minLength: 1, maxLength: 4 }) },
          {
            weight: 1,
            arbitrary: fc
              .tuple(usual, fc.oneof(integer, plain, edge, goodDay, goodTime, uuid, word))
              .map((both) => [...both]),
          },
        ),
      ),
  },
);
