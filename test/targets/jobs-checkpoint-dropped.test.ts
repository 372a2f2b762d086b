/** Checkpoint tables whose rows are not written as they are told, by triggers, rules and policies: no other run is blamed. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { useTempDir } from "../helpers/temp-dir.ts";

const CSV = "id,n\n1,1\n2,2\n3,3\n";

const POSTGRES = (event: string): string => `create or replace function drop_row() returns trigger
  language plpgsql as 'begin return null; end';
  create trigger meddle before ${event} on upsurge_checkpoint for each row execute function drop_row()`;
const RULE = (event: string, does: string): string =>
  `create rule meddle as on ${event} to upsurge_checkpoint do ${does}`;
const SQLITE = (event: string): string =>
  `create trigger meddle before ${event} on upsurge_checkpoint begin select raise(ignore); end`;

const [NOT_KEPT, STAYS, NOT_DELETED] = [
  "a row that is added to it is not kept",
  "its rows stay as they were when they are updated",
  "its rows stay when they are deleted",
];

/** What meddles with the table, what is said of it, and the flags of the load that meets it. */
const MEDDLERS: Readonly<Record<string, readonly [sql: string, said: string, flags: string][]>> = {
  postgres: [
    [POSTGRES("insert"), NOT_KEPT, ""],
    [POSTGRES("update"), STAYS, ""],
    [POSTGRES("update"), STAYS, "--reset-job"],
    [POSTGRES("delete"), NOT_DELETED, "--reset-job"],
    [RULE("insert", "instead nothing"), NOT_KEPT, ""],
    [RULE("update", "instead nothing"), "the rule meddle of it changes what an update does", ""],
    [RULE("update", "also select 1"), "the rule meddle of it changes what an update does", ""],
    [RULE("delete", "instead nothing"), NOT_DELETED, "--reset-job"],
  ],
  sqlite: [
    [SQLITE("insert"), NOT_KEPT, ""],
    [SQLITE("update"), STAYS, ""],
    [SQLITE("update"), STAYS, "--reset-job"],
    [SQLITE("delete"), NOT_DELETED, "--reset-job"],
  ],
};

describe.each(ENGINES.filter(({ name }) => name in MEDDLERS))("$title", (engine) => {
  const database = useDatabase(engine);
  const temporary = useTempDir();
  beforeAll(() => writeFileSync(join(temporary.path, "in.csv"), CSV));
  const load = async (flags: string): Promise<RunResult> =>
    await runUpsurge(
      `in.csv --to ${database.url} --table t --key id --commit 2 --job j -q ${flags}`
        .trim()
        .split(" "),
      { cwd: temporary.path },
    );
  const count = async (): Promise<unknown> => await database.rows("select count(*) from t");

  test.each(MEDDLERS[engine.name] ?? [])("%s: %s", async (meddler, said, flags) => {
    await database.reset();
    await database.exec("create table t (id int primary key, n int)");
    expect((await load("")).exitCode).toBe(0);
    await database.exec("delete from t");
    // A job that begins meets an insert first; one that goes on, or begins anew, has a row.
    if (flags === "") await database.exec("delete from upsurge_checkpoint");
    await database.exec(meddler);

    const { exitCode, stderr } = await load(flags);

    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("CHECKPOINT_TABLE")]);
    expect(stderr).toContain(said);
    expect(await count()).toEqual([["0"]]);
    const other = await load(`${flags} --checkpoint-table other`.trim());
    expect(other.exitCode, other.stderr).toBe(0);
    expect(await count()).toEqual([["3"]]);
  });
});
