/** What the user's own PL/pgSQL raises is about a row, whatever SQLSTATE it gives: the record is named, and nothing is tried again. */
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { JobShell } from "../helpers/job-shell.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");
const engine = postgres;

/** A trigger function that refuses one value. */
const raising = (statement: string): string =>
  `create table t (id int primary key, n int);
   create function refuse() returns trigger language plpgsql as
     $$ begin if new.n = 3 then ${statement}; end if; return new; end $$`;
const AT_ONCE = "create trigger r before insert on t for each row execute function refuse()";
const LATE =
  "create constraint trigger r after insert on t deferrable initially deferred for each row execute function refuse()";

const CSV = "id,n\n1,1\n2,2\n3,3\n4,4\n";
const STATES = "40001 40P01 57014 55P03 57P01 53100 25006 42501 0A000 21000 XX000".split(" ");

describe("an error that a trigger raises", () => {
  const database = useDatabase(engine);
  const open = async (table: string, trigger: string): Promise<JobShell> => {
    const shell = await JobShell.open(engine, database, table);
    await database.exec(trigger);
    shell.write("in.csv", CSV);
    return shell;
  };

  test.each([
    ...STATES.map((state) => [state, `raise exception 'no' using errcode = '${state}'`] as const),
    ["P0004", "assert false, 'no'"] as const,
  ])("with the state %s is a reject", async (state, statement) => {
    const shell = await open(raising(statement), AT_ONCE);
    const stopped = await shell.bare(["in.csv", "--key", "id"]);
    expect([stopped.exit, stopped.code], stopped.stderr).toEqual([4, "REJECT_LIMIT"]);
    expect(stopped.report.error?.where).toBe("in.csv, record 3, line 4");
    const went = await shell.bare(["in.csv", "--key", "id", "--max-rejects", "1"]);
    expect([went.exit, went.report.counts], went.stderr).toMatchObject([
      3,
      { inserted: 3, rejected: 1 },
    ]);
    expect(JSON.parse(shell.read("in.csv.rejects.csv.jsonl") ?? "")).toMatchObject({
      record: 3,
      code: "ROW_REFUSED",
      dbCode: state,
      message: expect.stringContaining("no"),
    });
  });

  test.each([
    ["native", "check_violation"],
    ["native", "raise_exception"],
    ["select-then-write", "check_violation"],
  ])("is told with its detail and its hint: %s, %s", async (strategy, state) => {
    const statement = `raise exception 'no threes' using errcode = '${state}', detail = 'It is odd.', hint = 'Write 4.'`;
    const shell = await open(raising(statement), AT_ONCE);
    const said = "no threes: It is odd: Write 4";
    for (const flags of [[], ["-b", "1"], ["--max-rejects", "1", "--rejects-ok"]]) {
      const args = ["in.csv", "--key", "id", "--strategy", strategy, "--dry-run", ...flags];
      const { report, stderr } = await shell.bare(args);
      const told = JSON.stringify(report.error ?? report.rejects);
      expect(told, stderr).toContain(said);
    }
    const late = await open(raising(statement), LATE);
    const stopped = await late.bare(["in.csv", "--key", "id"]);
    expect(stopped.report.error?.cause, stopped.stderr).toContain(said);
  });

  test("at the commit is no reason to try again", async () => {
    const statement = "raise exception 'no' using errcode = '40001'";
    const shell = await open(raising(statement), LATE);
    const stopped = await shell.bare(["in.csv", "--key", "id"]);
    expect([stopped.exit, stopped.code], stopped.stderr).toEqual([4, "TARGET_COMMIT_REFUSED"]);
    expect(await database.rows("select * from t")).toEqual([]);
  });

  test("is told from what the server itself cancels", async () => {
    const shell = await open(raising("perform pg_advisory_xact_lock(1)"), AT_ONCE);
    // Somebody holds what the trigger waits for, until the server gives up.
    await database.exec("select pg_advisory_lock(1)");
    const flags = ["--key", "id", "--statement-timeout", "0", "--retry-timeout", "1ms"];
    const canceled = await shell.run(
      ["in.csv", "--table", "t", "--json", "-q", ...flags, "--to"].concat(
        `${database.url}?options=-c%20statement_timeout%3D300`,
      ),
    );
    await database.exec("select pg_advisory_unlock(1)");
    expect([canceled.exit, canceled.code], canceled.stderr).toEqual([75, "TARGET_BUSY"]);
  });
});
