/** What a commit of a job costs in statements: the checkpoint is held once and moved once, and tables are made where they are needed. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENGINES } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { isLogged, useLoggedDatabase } from "../helpers/statement-log.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const ROWS = 120;

/** Rows of the table before a load that updates, and before one that inserts. */
const OLD = "insert into t values (0, 'old')";
const NONE = "delete from t";

/** How many statements move a checkpoint. */
function moving(sent: readonly string[]): number {
  const moves = /^\s*(?:exec.*?|with changed as \()?update upsurge_checkpoint/i;
  return sent.filter((sql) => moves.test(sql)).length;
}

/** How many statements ask SQL Server what a table is, by its name. */
function asking(sent: readonly string[]): number {
  return sent.filter((sql) => /OBJECT_ID\(@name\)|version_id/.test(sql)).length;
}

/** The temporary tables that are made. */
function madeBy(sent: readonly string[]): readonly string[] {
  // The first are those of the plan, which leave nothing.
  const from = sent.findIndex((sql) => sql.includes("pg_advisory_xact_lock(1"));
  expect(from).toBeGreaterThan(0);
  return sent
    .slice(from)
    .flatMap((sql) => [...sql.matchAll(/create temporary (\w+ \w+)/g)])
    .map(([, name = ""]) => name);
}

describe.each(ENGINES.filter(isLogged))("$title", (engine) => {
  const { database, start } = useLoggedDatabase(engine);

  /** The statements of a job that commits so often. */
  async function statementsOf(
    commits: number,
    { before, bad = -1 }: { readonly before: string; readonly bad?: number },
  ): Promise<readonly string[]> {
    await database.reset();
    await database.exec("create table t (id int not null primary key, v varchar(20))");
    await database.exec(before);
    const rows = Array.from({ length: ROWS }, (_, id) => `${id === bad ? "x" : id},v${id}\n`);
    const file = join(tempDir({ "in.csv": `id,v\n${rows.join("")}` }), "in.csv");
    const finish = start();
    const into = ["--to", database.url, "--table", "t", "--key", "id", "--max-rejects", "1"];
    const job = ["--commit", String(ROWS / commits), "--job", "j"];
    const { stdout, stderr } = await runUpsurge(["load", file, ...into, ...job, "-q", "--json"]);
    const sent = finish();
    const rejected = bad < 0 ? 0 : 1;
    expect(JSON.parse(stdout), stderr).toMatchObject({ counts: { read: ROWS, rejected } });
    return sent;
  }

  test.each([
    ["that insert", NONE],
    ["that update", OLD],
  ])(
    "each commit of rows %s takes hold of the checkpoint once, and moves it once",
    async (_, before) => {
      const few = await statementsOf(2, { before });
      const many = await statementsOf(6, { before });
      expect(moving(few)).toBeGreaterThan(0);
      expect(moving(many) - moving(few)).toBe(4 * 2);
    },
  );

  test.runIf(engine.name === "sqlserver")(
    "SQL Server is asked once a transaction whether the table is as it was planned",
    async () => {
      const few = await statementsOf(2, { before: OLD });
      const many = await statementsOf(6, { before: OLD });
      expect(asking(few)).toBeGreaterThan(0);
      expect(asking(many) - asking(few)).toBe(4);
    },
  );

  test.runIf(engine.name === "postgres")(
    "PostgreSQL makes only the temporary tables that the rows of a transaction need",
    async () => {
      expect(madeBy(await statementsOf(3, { before: NONE }))).toEqual([]);
      const staged = madeBy(await statementsOf(3, { before: OLD }));
      expect(new Set(staged)).toEqual(
        new Set(["table upsurge_stage", "sequence upsurge_inserted"]),
      );
      expect(staged.filter((name) => name === "table upsurge_stage")).toHaveLength(3);
      const refused = madeBy(await statementsOf(3, { before: OLD, bad: 50 }));
      expect(refused.filter((name) => name === "table upsurge_raw")).toHaveLength(1);
      expect(refused.filter((name) => name === "table upsurge_fault")).toHaveLength(1);
    },
  );
});
