/**
 * What the server's error numbers mean to a load: one table, by the pages of Microsoft's documentation that list the
 * numbers with their texts. A number that is not here stops the load.
 */
import type { RowCode } from "../../model/reject.ts";

/**
 * What a number means: a row's own fault, by its code; or `busy` (the same load may succeed later: locks, load, memory,
 * network, a session that was killed, a server that shuts down or has handed its part to another), `full` (no space left),
 * `read-only`, `privilege`.
 */
export type Meaning = RowCode | "busy" | "full" | "read-only" | "privilege";

type Range = readonly [first: number, last: number];

/** A page, and what its numbers mean. */
interface NumberPage {
  readonly source: string;
  readonly numbers: Readonly<Partial<Record<Meaning, readonly (number | Range)[]>>>;
}

const LEARN = "https://learn.microsoft.com";

/** The page with the numbers from `range`. */
function engine(range: string): string {
  return `${LEARN}/sql/relational-databases/errors-events/database-engine-events-and-errors-${range}`;
}

/** The table. */
export const NUMBER_PAGES: readonly NumberPage[] = [
  {
    source: engine("0-to-999"),
    numbers: {
      ROW_TYPE: [235, 241, 245, 257, 293, 295],
      ROW_RANGE: [220, 232, 242, 244, 248, 289, 296, 298, 517, 535],
      ROW_LENGTH: [511],
      ROW_NOT_NULL: [339, 515],
      // A rule, a view WITH CHECK OPTION; a foreign key or a check: `placeOfError` tells those apart.
      ROW_CHECK: [513, 547, 550],
      ROW_REFUSED: [512, 536, 537],
      busy: [596, 615, 617, 669, 701, 904, 922, 924, 927, 983],
      privilege: [229, 230],
    },
  },
  {
    source: engine("1000-to-1999"),
    numbers: {
      ROW_LENGTH: [1946],
      busy: [1203, 1204, 1205, 1221, 1222, 1807],
      // 1132: an elastic pool.
      full: [1101, 1105, 1132],
      privilege: [1088],
    },
  },
  {
    source: engine("2000-to-2999"),
    numbers: { ROW_LENGTH: [2628], ROW_UNIQUE: [2601, 2627] },
  },
  {
    source: engine("3000-to-3999"),
    numbers: {
      ROW_REFUSED: [3609, 3616, 3623],
      busy: [3935, 3957, 3960, 3966],
      "read-only": [3906],
    },
  },
  { source: engine("4000-to-4999"), numbers: { busy: [4060, 4221] } },
  {
    source: engine("6000-to-6999"),
    // From 6900: what a schema collection holds against a document.
    numbers: { ROW_TYPE: [[6900, 6999]], ROW_REFUSED: [6522], busy: [6005] },
  },
  {
    source: engine("8000-to-8999"),
    numbers: {
      ROW_TYPE: [8114, 8169],
      ROW_RANGE: [8115],
      ROW_LENGTH: [8152],
      ROW_REFUSED: [8134, 8672],
      busy: [8628, 8645, 8651],
      privilege: [8104],
    },
  },
  {
    source: engine("9000-to-9999"),
    numbers: { ROW_TYPE: [9400, 9402], busy: [9515], full: [9002] },
  },
  {
    source: engine("10000-to-10999"),
    numbers: { busy: [10_922, 10_928, 10_929, 10_936] },
  },
  {
    source: engine("13000-to-13999"),
    numbers: { ROW_TYPE: [13_608, 13_609], ROW_REFUSED: [13_535] },
  },
  { source: engine("14000-to-14999"), numbers: { busy: [14_355] } },
  { source: engine("16000-to-17999"), numbers: { busy: [17_142, 17_197, 17_809] } },
  { source: engine("18000-to-18999"), numbers: { busy: [18_401, 18_451] } },
  { source: engine("31000-to-41399"), numbers: { ROW_REFUSED: [33_504] } },
  {
    source: engine("41400-to-49999"),
    numbers: { busy: [42_108, 42_109, 49_510, 49_918, 49_919, 49_920, 49_977, 49_983] },
  },
  {
    // Azure SQL. 40020, 40143, 40166 and 40540 stand inside of 40197; from 40550: a session that took more than its share.
    source: `${LEARN}/azure/azure-sql/database/troubleshoot-common-errors-issues`,
    numbers: {
      busy: [40_020, 40_143, 40_166, 40_197, 40_501, 40_540, [40_550, 40_553], 40_613],
      full: [40_544],
    },
  },
  {
    // The network's own, as the drivers tell them.
    source: `${LEARN}/dotnet/api/microsoft.data.sqlclient.sqlconfigurableretryfactory`,
    numbers: { busy: [64, 233, 997, 10_053, 10_054, 10_060] },
  },
];

/** From here on numbers are the users' own: RAISERROR and THROW in triggers. */
const FIRST_USER_NUMBER = 50_000;

const LISTED = NUMBER_PAGES.flatMap(({ numbers }) =>
  (Object.entries(numbers) as [Meaning, readonly (number | Range)[]][]).flatMap(
    ([meaning, listed]) =>
      listed.map((each) => ({
        meaning,
        range: typeof each === "number" ? ([each, each] as const) : each,
      })),
  ),
);

/** What a number means; `null` for one that stops the load. */
export function meaningOf(number: number): Meaning | null {
  if (number >= FIRST_USER_NUMBER) return "ROW_REFUSED";
  const found = LISTED.find(({ range: [first, last] }) => number >= first && number <= last);
  return found?.meaning ?? null;
}

/** True for what a row is refused for. */
export function isRowMeaning(meaning: Meaning | null): meaning is RowCode {
  return meaning !== null && meaning.startsWith("ROW_");
}

/** SQL that is true for a number that a single row caused. */
export function isRowNumberSql(number: string): string {
  const rows = LISTED.filter(({ meaning }) => isRowMeaning(meaning)).map(({ range }) => range);
  const single = rows.filter(([first, last]) => first === last).map(([first]) => first);
  const ranges = rows
    .filter(([first, last]) => first !== last)
    .map(([first, last]) => `${number} BETWEEN ${first} AND ${last}`);
  return `(${[`${number} >= ${FIRST_USER_NUMBER}`, ...ranges, `${number} IN (${single.join(", ")})`].join(" OR ")})`;
}
