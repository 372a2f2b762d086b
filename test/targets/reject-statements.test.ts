/**
 * What rejects cost, in statements: those at fault are found among rows that go together, so that each costs as many statements as
 * its batch can be halved, or fewer where PostgreSQL tells at which row it stopped.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENGINES } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { useLoggedDatabase } from "../helpers/statement-log.ts";
import { useTempDir } from "../helpers/temp-dir.ts";

const temporary = useTempDir();

const ROWS = 4096;

describe.each(ENGINES.filter(({ name }) => name === "postgres"))("$title", (engine) => {
  const logged = useLoggedDatabase(engine);
  /** Each has a source of its own, and reject files beside it. */
  let loads = 0;

  /** How many statements a load of one batch takes in which so many rows are at fault. */
  async function statements(
    faults: number,
    fault: (id: number) => string,
    flags: readonly string[],
  ): Promise<number> {
    const { database, start } = logged;
    await database.exec(`drop table if exists t, p; create table p (id int primary key); insert into p values (1);
create table t (id int primary key, qty int check (qty >= 0), ref int references p); insert into t values (0, 0, 1)`);
    const gap = ROWS / Math.max(1, faults);
    const places = new Set(Array.from({ length: faults }, (_, at) => Math.floor((at + 0.5) * gap)));
    const records = Array.from({ length: ROWS }, (_, at) =>
      places.has(at) ? fault(at + 1) : `${at + 1},5,1`,
    );
    loads += 1;
    const file = join(temporary.path, `${loads}.csv`);
    writeFileSync(file, `id,qty,ref\n${records.join("\n")}\n`);
    const sent = start();
    const load = [
      file,
      "--to",
      database.url,
      "--table",
      "t",
      "--batch-rows",
      String(ROWS),
      ...flags,
    ];
    const { stdout, stderr } = await runUpsurge([...load, "--max-rejects", "100%", "-q", "--json"]);
    const count = sent().length;
    expect(JSON.parse(stdout), stderr).toMatchObject({
      counts: { read: ROWS, rejected: faults, inserted: ROWS - faults },
    });
    return count;
  }

  // A part is a dozen statements at most, rows that go one at a time are as many.
  const A_PART = 12;
  const HALVES = Math.log2(ROWS);

  test.each([
    ["a check", (id: number) => `${id},-5,1`, ["--key", "id"], A_PART],
    ["a value of another type", (id: number) => `${id},x,1`, ["--key", "id"], A_PART],
    ["a key that is there", () => "0,5,1", ["--mode", "insert"], 3 * A_PART],
    ["a foreign key", (id: number) => `${id},5,9`, ["--key", "id"], 2 * HALVES * A_PART],
    [
      "a foreign key of rows that are copied",
      (id: number) => `${id},5,9`,
      ["--mode", "insert"],
      2 * HALVES * A_PART,
    ],
  ] as const)("each reject costs a few statements: %s", async (_, fault, flags, most) => {
    const none = await statements(0, fault, flags);
    for (const faults of [1, 4, 16]) {
      const count = await statements(faults, fault, flags);
      expect(count - none).toBeLessThanOrEqual(3 * A_PART + faults * most);
    }
  });
});
