/** Time limits that a server's settings put on a load: the setting is named, and the fix as it is printed gets past it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import { useTempDir } from "../helpers/temp-dir.ts";
import { until } from "../helpers/until.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");

const FIRST = "id,n\n1,1\n2,2\n";
const ROWS = [
  ["1", "1"],
  ["2", "2"],
  ["3", "3"],
];

describe("a limit that a setting of the database puts on a load", () => {
  const database = useDatabase(postgres);
  const temporary = useTempDir();
  const flags = (): string[] =>
    `--to ${database.url} --table t --key id --retry-timeout 0 --progress none -q`.split(" ");

  /** How many sessions the server has ended by itself. */
  const ended = async (): Promise<number> => {
    const sql = "select sessions_fatal from pg_stat_database where datname = current_database()";
    return Number((await database.rows(sql))[0]?.[0]);
  };

  /** Sets it for all sessions to come, and answers with the words that do. */
  async function setting(name: string, value: string): Promise<void> {
    await database.reset();
    await database.exec(
      `create table t (id int primary key, n int);
       do $$ begin execute format('alter database %I set ${name} = %L', current_database(), '${value}'); end $$`,
    );
  }

  async function unset(): Promise<void> {
    await database.exec(
      "do $$ begin execute format('alter database %I reset all', current_database()); end $$",
    );
  }

  test("idle_in_transaction_session_timeout is named where the load waits for its source, and the fix gets past it", async () => {
    const name = "idle_in_transaction_session_timeout";
    // Longer than a load is ever idle that has something to do.
    await setting(name, "5s");
    const before = await ended();
    const load = spawnUpsurge(
      ["-", "--format", "csv", "--row-source", "arrays", "-b", "2000", ...flags()],
      temporary.path,
    );
    // More than is read before the load begins.
    load.child.stdin.write(`${FIRST}${"2,000000000002\n".repeat(300_000)}`);
    await until("the server's end of a session", ended, (seen) => seen > before);
    load.child.stdin.end("3,3\n");

    const stopped = await load.ended;

    expect([stopped.exitCode, stopped.stderr]).toEqual([
      4,
      expect.stringContaining("TARGET_TIME_LIMIT"),
    ]);
    expect(stopped.stderr).toMatch(/cause: terminating connection due to .* timeout \(25P03\)/);
    const fix = /PGOPTIONS='(-c \w+=0)', then run the same command again/.exec(stopped.stderr);
    expect(fix?.[1], stopped.stderr).toBe(`-c ${name}=0`);
    expect(await database.rows("table t")).toEqual([]);

    writeFileSync(join(temporary.path, "in.csv"), `${FIRST}3,3\n`);
    const again = await runUpsurge(["in.csv", ...flags()], {
      cwd: temporary.path,
      env: { PGOPTIONS: fix?.[1] },
    });
    await unset();
    expect(again.exitCode, again.stderr).toBe(0);
    expect(await database.rows("table t order by id")).toEqual(ROWS);
  });

  test("statement_timeout is named where a statement takes longer", async () => {
    await setting("statement_timeout", "1ms");
    await database.exec(
      `create function slow() returns trigger language plpgsql as
         $$ begin perform count(*) from generate_series(1, 100000); return new; end $$;
       create trigger s before insert on t for each row execute function slow()`,
    );
    writeFileSync(join(temporary.path, "in.csv"), `${FIRST}3,3\n`);
    const load = ["in.csv", ...flags()];

    const stopped = await runUpsurge(load, { cwd: temporary.path });
    const again = await runUpsurge(load, {
      cwd: temporary.path,
      env: { PGOPTIONS: "-c statement_timeout=0" },
    });
    await unset();

    expect([stopped.exitCode, stopped.stderr]).toEqual([
      75,
      expect.stringContaining(
        "PGOPTIONS='-c statement_timeout=0', then run the same command again",
      ),
    ]);
    expect(again.exitCode, again.stderr).toBe(0);
    expect(await database.rows("table t order by id")).toEqual(ROWS);
  });
});
