/** SQL of the user's that would begin or end the transaction of a load, and SQL that only looks like it. */
import { expect, test } from "vitest";
import { transactionWords } from "../../../src/sql/ends-transaction.ts";

test.each([
  ["commit", "COMMIT"],
  ["  COMMIT WORK ;", "COMMIT"],
  ["select 1; rollback", "ROLLBACK"],
  ["select 1;\n-- done\nend;", "END"],
  ["/* now */ begin; select 1", "BEGIN"],
  ["abort", "ABORT"],
  ["start transaction", "START TRANSACTION"],
  ["prepare transaction 'x'", "PREPARE TRANSACTION"],
  ["commit prepared 'x'", "COMMIT"],
  ["rollback work; select 1", "ROLLBACK"],
  ["select ';'; commit", "COMMIT"],
  ["select $$;$$; commit", "COMMIT"],
  ["select e'\\';'; commit", "COMMIT"],
  ["create table a (b int); commit", "COMMIT"],
  ["create trigger r after insert on t begin select 1; end; commit", "COMMIT"],
])("%s", (sql, words) => {
  expect(transactionWords(sql)).toBe(words);
});

test.each([
  "",
  "-- commit",
  "select 'x; commit'",
  'select 1 as "a;commit"',
  "select $b$; commit; $b$",
  "select e'\\'; commit'",
  "savepoint a; rollback to a; rollback work to savepoint a; release a",
  "prepare p as select 1",
  "create trigger r after insert on t begin update t set a = case when b then 1 else 2 end; select 1; end",
  "create or replace function f() returns int begin atomic select 1; select 2; end",
  "create procedure p() language plpgsql as $$ begin commit; end $$",
  "do $$ begin perform 1; end $$",
  "update t set ending = 1 where begin_at < 2",
])("%s is about no transaction", (sql) => {
  expect(transactionWords(sql)).toBeNull();
});
