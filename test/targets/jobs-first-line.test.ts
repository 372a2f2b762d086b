/** A job that goes on takes line 1 for what it was: with `--columns`, whatever was said of the header. */
import { describe, expect, test } from "vitest";
import { sharedEngines, useDatabase } from "../helpers/engines.ts";
import { HEADER, JobShell, lines } from "../helpers/job-shell.ts";

const COLUMNS = "--columns id,n,hist";
const FIRST = lines([1, 10], [2, 20], [3, 30]);
const BAD = "4,77,77\n";
const MORE = lines([4, 40], [1, 50]);
const TABLE = ["1:10,50", "2:20", "3:30", "4:40"];

describe.each(sharedEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  test.each([
    { said: "--no-header", first: "" },
    { said: "--header", first: "Nr,N,History\n" },
    { said: "", first: HEADER },
    { said: "--header", first: HEADER },
  ])("$said over $first", async ({ said, first }) => {
    const shell = await JobShell.open(engine, database);
    const command = `in.csv ${COLUMNS} ${said} --job j`;

    shell.write("in.csv", first + FIRST + BAD);
    expect((await shell.load(command)).code).toBe("REJECT_LIMIT");
    shell.write("in.csv", first + FIRST);
    const went = await shell.load(command);
    expect([went.exit, went.report.counts.read], went.stderr).toEqual([0, 3]);
    shell.write("in.csv", first + FIRST + MORE);
    const grown = await shell.load(`${command} --follow-append`);

    expect([grown.exit, grown.report.counts.read], grown.stderr).toEqual([0, 5]);
    expect(await shell.table()).toEqual(TABLE);
  });

  test("another word on the header is another meaning; none at all is the header's", async () => {
    const shell = await JobShell.open(engine, database);
    shell.write("in.csv", HEADER + FIRST);
    expect((await shell.load(`in.csv ${COLUMNS} --job j`)).exit).toBe(0);

    const same = await shell.load(`in.csv ${COLUMNS} --header --job j`);
    const other = await shell.load(`in.csv ${COLUMNS} --no-header --job j`);

    expect([same.exit, same.report.job?.alreadyLoadedAt === null]).toEqual([0, false]);
    expect(other.code).toBe("JOB_OPTIONS");
  });

  test("an empty source that grows is asked about when it has a line", async () => {
    const shell = await JobShell.open(engine, database);
    shell.write("in.csv", "");
    expect((await shell.load(`in.csv ${COLUMNS} --job j`)).exit).toBe(0);

    shell.write("in.csv", FIRST);
    const data = await shell.load(`in.csv ${COLUMNS} --job j --follow-append`);
    shell.write("in.csv", HEADER + FIRST);
    const headed = await shell.load(`in.csv ${COLUMNS} --job j --follow-append`);

    expect(data.code).toBe("OPTION_MISSING");
    expect(headed.exit, headed.stderr).toBe(0);
    expect(await shell.table()).toEqual(["1:10", "2:20", "3:30"]);
  });
});
