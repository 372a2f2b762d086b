/** A SELECT of variables and whole numbers is answered without PostgreSQL, and as PostgreSQL would answer it. */
import { expect, test } from "vitest";
import type { TdsEvent } from "../tds/backend.ts";
import { useTsql } from "./talk.ts";

const db = useTsql();

const DECLARE =
  "DECLARE @a int = 5, @b bigint = -9007199254740993, @c smallint, @d nvarchar(5) = N'it''s fine', @e varchar(9) = '007', @f decimal(9,2) = 1, @g bit = 1;";
const ASKED = "SELECT @a AS a, @b AS [b], @c, @D AS d, @e AS [e e], 0042 AS n";

/** What a batch gives: columns, rows and ends, but not what the declarations gave. */
async function eventsOf(sql: string): Promise<TdsEvent[]> {
  const events: TdsEvent[] = [];
  for await (const event of db.one.session.execute(sql, [])) events.push(event);
  return events;
}

test.each([
  ["all that can be answered", ASKED],
  ["with a type that PostgreSQL spells", `${ASKED}, @f AS f, @g AS g`],
  ["with a value that has to be computed", `${ASKED}, @a + 1 AS more`],
])("%s", async (_, asked) => {
  const here = await eventsOf(`${DECLARE} ${asked}; SELECT @@ROWCOUNT`);
  const there = await eventsOf(
    `${DECLARE} ${asked} FROM (SELECT 1 AS one) AS o; SELECT @@ROWCOUNT`,
  );
  expect(here).toEqual(there);
  expect(here.filter(({ kind }) => kind === "row")).toHaveLength(2);
});

test("a variable without a declaration is refused", async () => {
  expect(await db.one.tell("SELECT @nobody AS n")).toEqual(["error 137"]);
});

test("a value that ends a batch in a doomed transaction is told", async () => {
  const told = await db.one.tell(
    "SET XACT_ABORT ON; DECLARE @n int; BEGIN TRANSACTION; BEGIN TRY SELECT CONVERT(int, N'x'); END TRY BEGIN CATCH SET @n = ERROR_NUMBER(); SELECT @n AS number; ROLLBACK; END CATCH",
  );
  expect(told.at(-1)).toEqual(["245"]);
});
