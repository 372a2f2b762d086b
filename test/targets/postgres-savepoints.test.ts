/**
 * Savepoints of PostgreSQL do not pile up while records are rejected: the server asks every one that is open about each version of
 * a row that it meets, so that a load would take longer with the square of its rejects.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENGINES } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { useLoggedDatabase } from "../helpers/statement-log.ts";
import { useTempDir } from "../helpers/temp-dir.ts";

const temporary = useTempDir();

/** How many savepoints were set, and how many of them are still open at the end. */
function savepoints(statements: readonly string[]): {
  readonly set: number;
  readonly open: number;
} {
  const all = statements.flatMap((sql) => sql.split(/;\s*/));
  const set = all.filter((sql) => sql.startsWith("savepoint ")).length;
  const released = all.filter((sql) => sql.startsWith("release savepoint ")).length;
  return { set, open: set - released };
}

describe.each(ENGINES.filter(({ name }) => name === "postgres"))("$title", (engine) => {
  const logged = useLoggedDatabase(engine);

  test.each([
    ["in few batches", 200, []],
    ["in most batches", 20, []],
    ["among records that are looked up first", 20, ["--strategy", "select-then-write"]],
  ] as const)("rejects %s", async (_where, every, flags) => {
    const { database, start } = logged;
    await database.exec("drop table if exists t; create table t (id int primary key, qty int)");
    const records = Array.from(
      { length: 4000 },
      (_, id) => `${id},${id % every === 7 ? "x" : id}\n`,
    );
    const file = join(temporary.path, `${every}-${flags.length}.csv`);
    writeFileSync(file, `id,qty\n${records.join("")}`);
    const sent = start();
    const into = ["--to", database.url, "--table", "t", "--key", "id", "--batch-rows", "100"];
    const { exitCode } = await runUpsurge([file, ...into, "--max-rejects", "100%", "-q", ...flags]);

    const { set, open } = savepoints(sent());
    expect(exitCode).toBe(3);
    expect(set).toBeGreaterThan(20);
    expect(open).toBeLessThanOrEqual(1);
  });
});
