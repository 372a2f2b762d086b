/** Foreign tables of PostgreSQL: they take inserts, and a key is refused with a fix that can be followed. */
import { beforeEach, describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { JobShell } from "../helpers/job-shell.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");
const engine = postgres;

const KEYS = [
  ["--key", "id"],
  ["--key", "id", "--ignore"],
  ["--key", "id", "--mode", "update"],
  ["--key", "id", "--strategy", "select-then-write"],
  ["--key", "id", "--commit", "1"],
];

describe("a foreign table", () => {
  const database = useDatabase(engine);
  let shell: JobShell;

  beforeEach(async () => {
    shell = await JobShell.open(engine, database, "create table kept (id int primary key, n int)");
    const { hostname, port, pathname, username, password } = new URL(database.url);
    await database.exec(
      `create extension if not exists postgres_fdw;
       create server here foreign data wrapper postgres_fdw
         options (host '${hostname}', port '${port}', dbname '${pathname.slice(1)}');
       create user mapping for current_user server here options (user '${username}', password '${password}');
       create foreign table t (id int, n int) server here options (schema_name 'public', table_name 'kept')`,
    );
    await database.exec("insert into kept values (1, 0)");
    shell.write("in.csv", "id,n\n1,1\n2,2\n2,3\n");
  });

  const kept = async (): Promise<unknown> =>
    await database.rows("select id, n from kept order by id");

  test.each(KEYS.map((flags) => [flags.join(" "), flags] as const))(
    "takes no %s, and the fix names what it takes",
    async (_, flags) => {
      const refused = await shell.bare(["in.csv", ...flags]);

      expect([refused.exit, refused.code], refused.stderr).toEqual([2, "PLAN_NO_CONFLICT_TARGET"]);
      expect(refused.report.error?.fix).toMatch(
        /^leave --key out: a foreign table .*; or pass --ignore --any-constraint in its place/,
      );
      expect(await kept()).toEqual([["1", "0"]]);
    },
  );

  test.each(["staged", "arrays", "values"])(
    "takes records by %s, and leaves rows alone with --ignore --any-constraint",
    async (rowSource) => {
      const way = ["--row-source", rowSource];
      const stopped = await shell.bare(["in.csv", ...way]);
      expect([stopped.exit, stopped.code], stopped.stderr).toEqual([4, "REJECT_LIMIT"]);
      expect(stopped.report.error?.fix).toContain("pass --ignore --any-constraint to leave rows");
      expect(await kept()).toEqual([["1", "0"]]);

      const ignored = await shell.bare(["in.csv", ...way, "--ignore", "--any-constraint"]);
      expect([ignored.exit, ignored.report.counts], ignored.stderr).toMatchObject([
        0,
        { read: 3, inserted: 1, ignored: 2 },
      ]);
      expect(await kept()).toEqual([
        ["1", "0"],
        ["2", "2"],
      ]);
    },
  );

  test("is no place for records exactly once, and a job says so", async () => {
    const apart = expect.stringContaining("t is a foreign table: its server commits rows apart");
    const job = await shell.bare(["in.csv", "--ignore", "--any-constraint", "--commit", "1"]);
    expect([job.exit, job.report.warnings], job.stderr).toEqual([0, [apart]]);
    expect(await kept()).toEqual([
      ["1", "0"],
      ["2", "2"],
    ]);
    const whole = await shell.bare(["in.csv", "--ignore", "--any-constraint"]);
    expect([whole.exit, whole.report.warnings], whole.stderr).toEqual([0, []]);
  });

  test("cannot be altered, or rid of rows", async () => {
    const more: readonly (readonly string[])[] = [
      ["--alter"],
      ["--delete-missing", "--key", "id", "--max-delete", "9"],
      ["--truncate", "--max-delete", "9"],
    ];
    shell.write("in.csv", "id,n,m\n7,7,7\n");
    for (const flags of more) {
      const refused = await shell.bare(["in.csv", ...flags]);
      expect(refused.exit, refused.stderr).toBe(2);
    }
    expect(await kept()).toEqual([["1", "0"]]);
  });
});
