/** Tables whose rules or policies stand in the way of an upsert: what is in the way is named, and what is printed gets past it. */
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const CSV = "id,n\n1,1\n2,2\n";
const WAYS = ["--strategy native", "--strategy select-then-write", "--mode ignore"];

describe.each(ENGINES.filter(({ name }) => name === "postgres"))("$title", (engine) => {
  const database = useDatabase(engine);
  const load = async (flags: string, url = database.url): Promise<RunResult> => {
    const args = ["in.csv", "--to", url, "--table", "t", ...flags.split(" "), "-q"];
    return await runUpsurge(args, { cwd: tempDir({ "in.csv": CSV }) });
  };
  const count = async (): Promise<unknown> => await database.rows("select count(*) from t");

  test.each(WAYS)("rules: %s", async (way) => {
    await database.reset();
    await database.exec(`create table t (id int primary key, n int);
      create rule "a Rule" as on insert to t do also select 1;
      create rule off as on update to t do also select 1; alter table t disable rule off;
      create rule other as on delete to t do also select 1`);

    const refused = await load(`--key id ${way}`);
    const updated = await load("--key id --mode update");
    const inserted = await load("--mode insert");
    const drops = /and then: (.*)$/m.exec(refused.stderr)?.[1] ?? "";
    await database.exec(drops);
    const upserted = await load(`--key id ${way}`);

    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringContaining("PLAN_REFUSED"),
    ]);
    expect(refused.stderr).toContain("pass --mode update or --mode insert,");
    expect(drops).toBe('drop rule "a Rule" on "public"."t"; drop rule "off" on "public"."t"');
    for (const { exitCode, stderr } of [updated, inserted, upserted])
      expect(exitCode, stderr).toBe(0);
    expect(await count()).toEqual([["2"]]);
  });

  test.each(WAYS.slice(1))("a row that a policy hides: %s", async (way) => {
    await database.reset();
    const role = `hidden_${process.pid}`;
    await database.exec(`create table t (id int primary key, n int, of_whom text default current_user);
      insert into t values (1, 1, 'another'); create role ${role} login password 'secret';
      grant all on t to ${role}; grant create, usage on schema public to ${role};
      alter table t enable row level security; create policy own on t using (of_whom = current_user)`);
    const url = new URL(database.url);
    [url.username, url.password] = [role, "secret"];
    const flags = `--key id ${way}`.replace(
      "--mode ignore",
      "--mode ignore --strategy select-then-write",
    );

    const refused = await load(flags, url.href);
    const byOwner = await load(flags);
    await database.exec(`create policy shows on t using (true)`);
    const shown = await load(flags, url.href);
    await database.exec(`drop owned by ${role}; drop role ${role}`);

    expect([refused.exitCode, refused.stderr]).toEqual([
      4,
      expect.stringContaining("REJECT_LIMIT"),
    ]);
    expect(refused.stderr).toContain("where row security hides the row that has its key");
    expect(refused.stderr).not.toContain("--constraint");
    for (const { exitCode, stderr } of [byOwner, shown]) expect(exitCode, stderr).toBe(0);
  });
});
