/**
 * Deadlocks with several writers that no server sees: somebody else waits for one writer of a load, and another writer waits
 * for him. The load gives way at once. Waiting for a lock has no end here that a test would live to see.
 */
import { Client } from "pg";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { untilLockWaits } from "../helpers/lock-waits.ts";
import { heldAt } from "./torture/scenario.ts";
import { TableShell } from "./torture/table-shell.ts";
import { firstTests } from "../tiers/tiers.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");
const database = useDatabase(postgres);

const COUNT = 4000;
const CSV = `id,n\n${Array.from({ length: COUNT }, (_, at) => `${at},1\n`).join("")}`;
const FLAGS = ["--key", "id", "--writers", "2", "--commit", "400", "-b", "200", "--lock-timeout"];

/** One writer begins its next transaction, while the other one is in the middle of its own. */
const MOMENTS = ["begin:3", "begin:4", "begin:5"];

async function otherSession(): Promise<Client> {
  const client = new Client({ connectionString: database.url, application_name: "other" });
  client.on("error", () => {});
  await client.connect();
  onTestFinished(async () => await client.end());
  return client;
}

describe("a deadlock of several writers with somebody else", () => {
  beforeEach(async () => {
    await database.reset();
    await database.exec("create table t (id int primary key, n int)");
  });

  test.each(firstTests("moments of a table that is dropped", MOMENTS))(
    "who drops the table at %s: the load says that it is gone",
    async (moment) => {
      const shell = new TableShell(database, CSV);
      const other = await otherSession();
      let dropped: Promise<unknown> = Promise.resolve();
      const { exit, stdout, stderr } = await heldAt(
        shell,
        shell.command([...FLAGS, "1h", "--job", "j"]),
        moment,
        async () => {
          dropped = other.query("drop table t");
          await Promise.race([dropped, untilLockWaits(database)]);
        },
      );
      await dropped;
      const { error } = JSON.parse(stdout) as Report;
      expect([exit, error?.code], stdout + stderr).toEqual([2, "PLAN_NO_TABLE"]);
    },
  );

  test("who alters it: the load goes on behind him", async () => {
    const shell = new TableShell(database, CSV);
    const other = await otherSession();
    let altered: Promise<unknown> = Promise.resolve();
    const { exit, stdout, stderr } = await heldAt(
      shell,
      shell.command([...FLAGS, "1h"]),
      "begin:4",
      async () => {
        altered = other.query("alter table t add column more int");
        await Promise.race([altered, untilLockWaits(database)]);
      },
    );
    await altered;
    expect(exit, stdout + stderr).toBe(0);
    expect(await database.rows("select count(*), sum(n) from t")).toEqual([
      [`${COUNT}`, `${COUNT}`],
    ]);
  });
});
