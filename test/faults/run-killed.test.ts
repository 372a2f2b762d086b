/** A run that is killed or interrupted at any moment keeps nothing, or all of it; the same command then finishes it. */
import { describe, expect, test } from "vitest";
import type { FailPoint } from "../../src/testing/fail-point.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { RunShell } from "../helpers/run-shell.ts";
import { firstOf } from "../tiers/tiers.ts";
import { AT_FAIL_POINT, launch } from "./torture/launch.ts";

const TABLES = [
  "create table parents (id int primary key, n int not null)",
  "create table children (id int primary key, parent int not null references parents (id), n int not null)",
  "insert into parents values (1, 1)",
];
const FILES = {
  "seeds/children.csv": "id,parent,n\n1,1,1\n2,2,1\n3,1,1\n",
  "seeds/parents.csv": "id,n\n1,5\n2,5\n",
};
const BEFORE = [["1", "1"]];
const AFTER = [
  ["1", "5"],
  ["2", "5"],
];

/** The moments, each with its number: the writers of both tables pass some of them. */
const MOMENTS = firstOf<readonly [FailPoint, number, boolean]>("moments of a run", [
  ["applied", 3, false],
  ["committed", 1, true],
  ["commit", 1, false],
  ["begin", 1, false],
  ["begin", 2, false],
  ["apply", 1, false],
  ["apply", 2, false],
  ["applied", 1, false],
]);

describe.each(ENGINES.filter(({ name }) => name !== "sqlserver"))("$title", (engine) => {
  const database = useDatabase(engine);

  test.each(MOMENTS)(
    "killed at %s, the time %i: all of it is kept: %s",
    async (point, nth, kept) => {
      const shell = new RunShell(database);
      await shell.start(...TABLES);
      shell.write(FILES);
      const args = ["run", "seeds", "--to", database.url, "--batch-rows", "1", "--quiet"];
      const env = { UPSURGE_FAULT: `${point}:${nth}:kill` };
      const killed = await launch({ args, cwd: shell.folder, env, preload: [AT_FAIL_POINT] }).ended;

      expect(killed.signal, killed.stderr).toBe("SIGKILL");
      const rows = "select id, n from parents order by id";
      expect(await shell.rows(rows)).toEqual(kept ? AFTER : BEFORE);
      expect(await shell.rows("select id from children")).toHaveLength(kept ? 3 : 0);
      const { exit, report, output } = await shell.run("seeds");

      const counts = kept ? { unchanged: 5 } : { inserted: 4, updated: 1 };
      expect(report.counts, output).toMatchObject({ read: 5, ...counts });
      expect([exit, await shell.rows(rows)]).toEqual([0, AFTER]);
    },
  );

  test("SIGINT in the middle keeps nothing of any table", async () => {
    const shell = new RunShell(database);
    await shell.start(...TABLES);
    // More than is read at once: a signal is heard while there is something to wait for.
    const many = Array.from({ length: 200_000 }, (_, id) => `${id},1,1\n`).join("");
    shell.write({ ...FILES, "seeds/children.csv": `id,parent,n\n${many}` });
    const args = ["run", "seeds", "--to", database.url, "--json"];
    const env = { UPSURGE_FAULT: "applied:2:interrupt" };
    const ended = await launch({ args, cwd: shell.folder, env, preload: [AT_FAIL_POINT] }).ended;

    expect(ended.exit, ended.stderr).toBe(130);
    expect(JSON.parse(ended.stdout)).toMatchObject({ status: "interrupted" });
    expect(await shell.rows("select id, n from parents")).toEqual(BEFORE);
  });
});
