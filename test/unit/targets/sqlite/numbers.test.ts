/** A number that is bound as such is stored as its text would be: held against the SQLite that is linked. */
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { exactNumber } from "../../../../src/targets/sqlite/stage/numbers.ts";

const VALUES = Number(process.env["UPSURGE_TEST_NUMBERS"] ?? 300_000);
const EACH = 50;

function read(text: string): number {
  const bytes = Buffer.from(`x${text}y`);
  return exactNumber(bytes, 1, bytes.length - 1);
}

/** Repeatable, so that a failure is found again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function decimalFrom(random: (below: number) => number): string {
  const digits = 1 + random(15);
  const text = Array.from({ length: digits }, () => String(random(10))).join("");
  const point = random(digits + 1);
  const whole = text.slice(0, point).replace(/^0+(?=\d)/, "") || "0";
  const part = text.slice(point);
  return `${random(2) === 0 ? "-" : ""}${whole}${part === "" ? "" : `.${part}`}`;
}

test.each(["integer", "numeric", "real"])("a number in a column %s is its text", (affinity) => {
  const db = new Database(":memory:");
  db.exec(`create table t (text ${affinity}, number ${affinity})`);
  const rows = Array.from({ length: EACH }, () => "(?, ?)").join(", ");
  const insert = db.prepare(`insert into t values ${rows}`);
  const random = randomFrom(affinity.length);
  let exact = 0;
  db.transaction(() => {
    for (let done = 0; done < VALUES; done += EACH) {
      const values = Array.from({ length: EACH }, () => decimalFrom(random));
      insert.run(
        ...values.flatMap((text) => {
          const number = read(text);
          exact += Number.isNaN(number) ? 0 : 1;
          return [text, Number.isNaN(number) ? text : number];
        }),
      );
    }
  })();
  const differ =
    "select text, number from t where typeof(text) <> typeof(number) or quote(text) <> quote(number)";
  expect(db.prepare(`${differ} or text <> number limit 3`).all()).toEqual([]);
  expect(exact).toBeGreaterThan(VALUES * 0.8);
  db.close();
});

describe("what is left as text", () => {
  test.each([
    "",
    "-",
    ".",
    "5.",
    ".5",
    "-.5",
    "007",
    "00",
    "-0",
    "-0.0",
    "+1",
    "1e5",
    " 1",
    "1 ",
    "1.2.3",
    "0x1",
    "1-",
  ])("%j", (text) => {
    expect(read(text)).toBeNaN();
  });

  test.each(["1234567890123456", "-1234567890123456", "12345678.12345678", "0.123456789012345"])(
    "%s, which has too many digits",
    (text) => {
      expect(read(text)).toBeNaN();
    },
  );
});

test.each([
  ["0", 0],
  ["-7", -7],
  ["999999999999999", 999_999_999_999_999],
  ["-99999999999999.5", -99_999_999_999_999.5],
  ["0.10", 0.1],
  ["0.00", 0],
])("%s is a number", (text, number) => {
  expect(read(text)).toBe(number);
});
