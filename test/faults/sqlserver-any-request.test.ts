/**
 * SQL Server, when any one request of a load fails, whichever it is: the load is exact, or it has kept nothing and says so.
 * The errors are the server's own, with all that they do to a transaction.
 */
import { beforeEach, describe, expect, test } from "vitest";
import type { TdsRequest } from "../support/tds/faults.ts";
import { loading, runFaulty, serverError, tell, useFaultyServer } from "./sqlserver-support.ts";
import type { FaultyResult, Rows, Trouble, Which } from "./sqlserver-support.ts";

const db = useFaultyServer();

const BEFORE = [["9", "0"]];
const INPUT = "id,n\n9,90\n2,20\n3,30\n";
const LOADED = [
  ["2", "20"],
  ["3", "30"],
  ["9", "90"],
];
const COUNTS = { read: 3, inserted: 2, updated: 1 };

/** The direct way takes no rows that are there. */
const NEW_INPUT = "id,n\n7,70\n2,20\n3,30\n";
const NEW_LOADED = [
  ["2", "20"],
  ["3", "30"],
  ["7", "70"],
  ["9", "0"],
];

interface Way {
  readonly name: string;
  readonly flags: readonly string[];
  readonly input: string;
  readonly loaded: Rows;
  readonly counts: Readonly<Record<string, number>>;
}

const SMALL = ["--batch-rows", "2", "--retry-timeout", "10m"];
const KEYED = { input: INPUT, loaded: LOADED, counts: COUNTS };
const WAYS: readonly Way[] = [
  { name: "native, staged", flags: [...SMALL, "--row-source", "staged"], ...KEYED },
  {
    name: "select-then-write, values",
    flags: [...SMALL, "--strategy", "select-then-write", "--row-source", "values"],
    ...KEYED,
  },
  {
    name: "straight into the table",
    flags: [...SMALL, "--mode", "insert"],
    input: NEW_INPUT,
    loaded: NEW_LOADED,
    counts: { read: 3, inserted: 3 },
  },
];

/** What may go wrong; `null` where it cannot. */
interface Injury {
  readonly name: string;
  readonly of: (sql: string) => Trouble | null;
}

/** A server that has committed does not answer with an error. */
const isCommit = (sql: string): boolean => sql === "COMMIT TRANSACTION";
const isBulk = (sql: string): boolean => sql.startsWith("insert bulk");
const inGuard =
  (statement: string): Injury["of"] =>
  (sql) =>
    sql.includes("END TRY")
      ? { instead: (text) => text.replace("END TRY", `${statement};\nEND TRY`) }
      : null;

const INJURIES: readonly Injury[] = [
  {
    name: "an error in its place",
    of: (sql) => (isBulk(sql) ? { before: serverError(8134) } : { instead: () => "SELECT 1 / 0" }),
  },
  {
    name: "an error at its end",
    of: (sql) =>
      isCommit(sql) || isBulk(sql) ? null : { instead: (text) => `${text}\nSELECT 1 / 0` },
  },
  { name: "an error of a row inside of its guard", of: inGuard("SELECT 1 / 0") },
  { name: "an error that dooms inside of its guard", of: inGuard("SELECT CONVERT(int, N'x')") },
  {
    name: "an error that may pass",
    of: (sql) => (isCommit(sql) ? null : { after: serverError(40_197) }),
  },
];

async function makeTable(): Promise<void> {
  const session = await db.session();
  await tell(
    session,
    "CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int)",
    "INSERT INTO t VALUES (9, 0)",
  );
}

/** What came of a load whose k-th request of some was injured. */
async function injured(way: Way, injury: Injury, which: Which, k: number): Promise<FaultyResult> {
  let seen = 0;
  db.troubles = (request) =>
    which(request) && ++seen === k ? (injury.of(request.sql) ?? undefined) : undefined;
  return runFaulty(db, { input: way.input, flags: way.flags });
}

/** What is wrong with what came of a load; `null` when it is one of the two things that may. */
async function wrong(way: Way, { exit, code, counts }: FaultyResult): Promise<unknown> {
  const rows = await tell(await db.session(), "SELECT id, n FROM t ORDER BY id");
  const exact = JSON.stringify([rows, counts]) === JSON.stringify([way.loaded, way.counts]);
  const untouched = JSON.stringify(rows) === JSON.stringify(BEFORE);
  return (exit === 0 ? exact : untouched) ? null : { exit, code, counts, rows };
}

beforeEach(makeTable);

/** Injures each request in turn that can be; answers with the exit codes of those loads. */
async function injureEach(way: Way, injury: Injury, makeWhich: () => Which): Promise<number[]> {
  const exits: number[] = [];
  const requests = await requestsOf(way, makeWhich());
  for (const [at, { sql }] of requests.entries()) {
    if (injury.of(sql) === null) continue;
    await db.reset();
    await makeTable();
    const result = await injured(way, injury, makeWhich(), at + 1);
    exits.push(result.exit);
    expect({ sql, wrong: await wrong(way, result) }).toEqual({ sql, wrong: null });
  }
  return exits;
}

/** The requests of a load with which nothing goes wrong. */
async function requestsOf(way: Way, which: Which): Promise<TdsRequest[]> {
  const requests: TdsRequest[] = [];
  db.troubles = (request) => {
    if (which(request)) requests.push(request);
    return undefined;
  };
  expect(await runFaulty(db, { input: way.input, flags: way.flags })).toMatchObject({ exit: 0 });
  return requests;
}

describe.each(WAYS)("$name", (way) => {
  const isDirect = way.flags.includes("--mode");
  // A bulk load straight into the table has no guard.
  const possible = INJURIES.filter(({ name }) => !isDirect || !name.includes("guard"));

  test.each(possible)("any request of the load: $name", async (injury) => {
    const exits = await injureEach(way, injury, () => loading(() => true));
    expect(exits.length).toBeGreaterThan(1);
    // The session stays with XACT_ABORT ON: an error at the end of a batch takes the transaction with it.
    const isFinal = injury.name === "an error at its end" && !isDirect;
    if (isFinal) expect(new Set(exits)).toEqual(new Set([4]));
  });
});

test.each(INJURIES.slice(1, 2))("any request of the planning: $name", async (injury) => {
  const [way] = WAYS;
  if (way === undefined) throw new Error("there is no way");
  expect(await injureEach(way, injury, planning)).not.toHaveLength(0);
});

function planning(): Which {
  const began = loading(() => true);
  return (request) => !began(request);
}
