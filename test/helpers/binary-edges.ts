/** Spellings of values of PostgreSQL's types at the ends of their ranges, which random ones seldom meet; by type. */

/** Days about the end of February, in years that have a leap day and in those that do not. */
const DAYS = [
  "0004",
  "0100",
  "1500",
  "1600",
  "1800",
  "1899",
  "1900",
  "1999",
  "2000",
  "2100",
  "9999",
].flatMap((year) => ["02-28", "02-29", "03-01", "12-31"].map((rest) => `${year}-${rest}`));

/** Spellings that random ones seldom meet: the ends of ranges, and what is next to them. */
export const EDGES: Readonly<Record<string, readonly string[]>> = {
  smallint: ["32767", "32768", "-32768", "-32769", "-0", "00"],
  integer: ["2147483647", "2147483648", "-2147483648", "-2147483649", "-0", "00"],
  bigint: [
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "999999999999999",
    "1000000000000000",
  ],
  "double precision": ["-0", "-0.0", "0", "0.1", "1e308", "9007199254740993", "123456789012345678"],
  real: ["-0", "-0.0", "0", "0.1", "16777217", "1e38"],
  date: DAYS,
  "timestamp without time zone": DAYS.flatMap((each) => [
    `${each} 23:59:59.999999`,
    `${each}T00:00:00`,
    `${each} 12:00:00.1234567`,
  ]),
  "timestamp with time zone": DAYS.flatMap((each) => [
    `${each} 00:00:00-03:30`,
    `${each} 23:59:59.5+05:45`,
  ]),
};
