/** The sources of the report: what each has come to, in one transaction, in parts, over tries and runs. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { upsurgeError } from "../../src/errors/upsurge-error.ts";
import { onFailPoint } from "../../src/testing/fail-point.ts";
import { sharedEngines, useDatabase } from "../helpers/engines.ts";
import { JobShell } from "../helpers/job-shell.ts";

const TABLE = "create table t (id int not null primary key, n int not null check (n > 0))";
const A = "id,n\n1,1\n2,-1\n3,1\n";
const B = "id,n\n4,1\n5,-1\n6,-1\n7,1\n";
const BOTH = ["a.csv", "b.csv", "--key", "id", "--max-rejects", "9"];
const ALL = [
  { name: "a.csv", read: 3, rejected: 1 },
  { name: "b.csv", read: 4, rejected: 2 },
];

describe.each(sharedEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const open = async (): Promise<JobShell> => {
    const shell = await JobShell.open(engine, database, TABLE);
    shell.write("a.csv", A);
    shell.write("b.csv", B);
    return shell;
  };

  test.each([
    ["in one transaction", []],
    ["in small batches", ["-b", "2"]],
    ["in parts", ["--commit", "2"]],
    ["in a dry run", ["--dry-run"]],
  ])("%s", async (_, flags) => {
    const shell = await open();
    const { report } = await shell.bare([...BOTH, ...flags]);

    expect(report.sources).toEqual(ALL);
  });

  test.each([
    ["in one transaction", []],
    ["in parts", ["--commit", "2"]],
  ])("all bytes of all files, %s", async (_, flags) => {
    const shell = await open();
    shell.write("c.csv", "id,n\n8,1\n");
    const { report } = await shell.bare([...BOTH, "c.csv", ...flags]);

    expect(report.bytes).toBe(A.length + B.length + "id,n\n8,1\n".length);
  });

  test("over several tries", async () => {
    const shell = await open();
    let committed = 0;
    onFailPoint((point) => {
      if (point === "committed") committed += 1;
      if (point === "applied" && committed === 2) {
        committed += 1;
        throw upsurgeError("TARGET_LOST", { target: "t", reason: "a test" });
      }
    });
    onTestFinished(() => onFailPoint(null));
    const { report } = await shell.bare([...BOTH, "--commit", "2", "-b", "2"]);

    expect([report.status, committed > 2]).toEqual(["rejects", true]);
    expect(report.sources).toEqual(ALL);
  });

  test("over several runs each has its own", async () => {
    const shell = await open();
    const job = [...BOTH, "--job", "j", "--follow-append"];
    await shell.bare(job);
    expect((await shell.bare(job)).report.sources).toEqual([
      { name: "a.csv", read: 0, rejected: 0 },
      { name: "b.csv", read: 0, rejected: 0 },
    ]);
    appendFileSync(join(shell.folder, "b.csv"), "8,1\n9,-1\n");

    expect((await shell.bare(job)).report.sources).toEqual([
      { name: "a.csv", read: 0, rejected: 0 },
      { name: "b.csv", read: 2, rejected: 1 },
    ]);
  });

  test("of a load that failed: what was read up to then", async () => {
    const shell = await open();
    const limit = ["a.csv", "b.csv", "--key", "id", "--max-rejects", "1", "-b", "1"];
    const { report } = await shell.bare(limit);

    expect(report.status).toBe("failed");
    expect(report.sources).toEqual([
      { name: "a.csv", read: 3, rejected: 1 },
      { name: "b.csv", read: 2, rejected: 1 },
    ]);
  });
});
