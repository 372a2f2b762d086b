/** Reject files that are named after the time of the load, and rejects that are no failure. */
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { INTO_ORDERS, orders, shop } from "./shop.ts";

const BAD = "id,item,amount\n2,pot,-1\n3,cup,6\n";
const NAME = ["--reject-file", "bad-{date}-{time}.csv"];
const MAY = new Date("2026-05-31T13:57:47Z");
const JUNE = new Date("2026-06-01T01:02:03Z");

/** Loads bad.csv, at some time. */
async function load(cwd: string, now: Date, flags: readonly string[]): Promise<RunResult> {
  return await runUpsurge(["bad.csv", ...INTO_ORDERS, ...flags], { cwd, now });
}

/** The reject files. */
function rejectsIn(cwd: string): string[] {
  return readdirSync(cwd)
    .filter((name) => name.startsWith("bad-"))
    .toSorted();
}

describe("--reject-file with {date} and {time}", () => {
  test("is named after the time at which the load began, in UTC", async () => {
    const cwd = shop({ "bad.csv": BAD });
    const limits = ["--max-rejects", "1", ...NAME];

    const first = await load(cwd, MAY, limits);
    const second = await load(cwd, JUNE, limits);

    expect([first.exitCode, second.exitCode]).toEqual([3, 3]);
    expect(rejectsIn(cwd)).toEqual([
      "bad-2026-05-31-13-57-47.csv",
      "bad-2026-05-31-13-57-47.csv.jsonl",
      "bad-2026-06-01-01-02-03.csv",
      "bad-2026-06-01-01-02-03.csv.jsonl",
    ]);
    expect(first.stdout).toContain("rejects: bad-2026-05-31-13-57-47.csv;");
  });

  test("leaves other braces alone", async () => {
    const cwd = shop({ "bad.csv": BAD });

    await load(cwd, MAY, ["--max-rejects", "1", "--reject-file", "bad-{day}{}.csv"]);

    expect(rejectsIn(cwd)).toEqual(["bad-{day}{}.csv", "bad-{day}{}.csv.jsonl"]);
  });

  test("a job that goes on later keeps the name of its first run", async () => {
    const cwd = shop({ "bad.csv": `${BAD}4,pan,-1\n5,jug,2\n` });
    const job = ["--job", "j", "--commit", "1", "-b", "1", ...NAME];

    const first = await load(cwd, MAY, [...job, "--max-rejects", "1"]);
    const second = await load(cwd, JUNE, [...job, "--max-rejects", "9"]);

    expect([first.exitCode, second.exitCode], first.stderr).toEqual([4, 3]);
    const [file, ...others] = rejectsIn(cwd);
    expect([file, others]).toEqual([
      "bad-2026-05-31-13-57-47.csv",
      ["bad-2026-05-31-13-57-47.csv.jsonl"],
    ]);
    expect(readFileSync(join(cwd, file ?? ""), "utf8")).toBe(
      "id,item,amount\n2,pot,-1\n4,pan,-1\n",
    );
  });

  test("so does one without rejects so far, and one that has finished", async () => {
    const cwd = shop({ "bad.csv": "id,item,amount\n3,cup,6\n" });
    const job = ["--job", "j", "--follow-append", "--max-rejects", "9", ...NAME];

    expect((await load(cwd, MAY, job)).exitCode).toBe(0);
    expect(rejectsIn(cwd)).toEqual([]);
    appendFileSync(join(cwd, "bad.csv"), "4,pan,-1\n");
    expect((await load(cwd, JUNE, job)).exitCode).toBe(3);
    appendFileSync(join(cwd, "bad.csv"), "5,pan,-1\n");
    const later = new Date("2026-07-01T00:00:00Z");
    expect((await load(cwd, later, job)).exitCode).toBe(3);

    const [file = "", ...others] = rejectsIn(cwd);
    expect(others).toEqual([`${file}.jsonl`]);
    expect(readFileSync(join(cwd, file), "utf8")).toBe("id,item,amount\n4,pan,-1\n5,pan,-1\n");
  });

  test("one that starts over makes new files, and leaves the old ones", async () => {
    const cwd = shop({ "bad.csv": BAD });
    const job = ["--job", "j", "--max-rejects", "9", ...NAME];

    await load(cwd, MAY, job);
    const again = await load(cwd, JUNE, [...job, "--reset-job"]);

    expect([again.exitCode, rejectsIn(cwd).length]).toEqual([3, 4]);
  });
});

describe("--rejects-ok", () => {
  const OK = ["--rejects-ok", "--max-rejects"];

  test("ends with 0 within the limit, and says what was rejected all the same", async () => {
    const cwd = shop({ "bad.csv": BAD });
    const { exitCode, stdout } = await load(cwd, MAY, [...OK, "1", "--json"]);

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      status: "rejects",
      exit: 0,
      counts: { rejected: 1 },
      rejectFile: "bad.csv.rejects.csv",
    });
    expect(orders(cwd)).toHaveLength(2);
  });

  test("ends with 4 beyond it, and nothing is kept", async () => {
    const cwd = shop({ "bad.csv": `${BAD}4,pan,-1\n` });

    expect((await load(cwd, MAY, [...OK, "1"])).exitCode).toBe(4);
    expect((await load(cwd, MAY, ["--rejects-ok"])).exitCode).toBe(4);
    expect(orders(cwd)).toHaveLength(1);
  });

  test("is no word on what --check finds", async () => {
    const cwd = shop({ "bad.csv": BAD });
    writeFileSync(join(cwd, "worse.csv"), "id,item,amount\n2,pot,-1\n");
    const check = [...OK, "9", "--check"];

    expect((await load(cwd, MAY, check)).exitCode).toBe(3);
    const { exitCode } = await runUpsurge(["worse.csv", ...INTO_ORDERS, ...check], { cwd });
    expect(exitCode).toBe(0);
    expect(existsSync(join(cwd, "worse.csv.rejects.csv"))).toBe(false);
  });
});
