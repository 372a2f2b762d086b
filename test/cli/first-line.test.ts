/** What line 1 of a CSV is taken for: said by a flag, never guessed, and shown by the commands that only look. */
import { expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { INTO_ORDERS, orders, shop } from "./shop.ts";

const NAMES = "id,item,amount";
const COLUMNS = ["--columns", NAMES];
const TWO = "2,pot,1\n3,cup,6\n";
const BEFORE = [1, "tea", 2];
const AFTER = [BEFORE, [2, "pot", 1], [3, "cup", 6]];

test("--columns alone loads nothing: the error shows line 1 and names both flags", async () => {
  const cwd = shop({ "orders.dat": TWO });
  for (const command of [["load"], ["plan"], ["load", "--dry-run"]]) {
    const { exitCode, stderr } = await runUpsurge(
      [...command, "orders.dat", ...COLUMNS, ...INTO_ORDERS],
      { cwd },
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain("OPTION_MISSING");
    expect(stderr).toContain("It is: 2,pot,1\n");
    expect(stderr).toMatch(/fix: +add --no-header .* or --header /);
  }
  expect(orders(cwd)).toEqual([BEFORE]);
});

test.each([
  ["--no-header", TWO, "line 1 is data, the first record"],
  ["--header", `Nr,What,How many\n${TWO}`, "line 1 is passed over; --columns names the fields"],
  [null, `${NAMES}\n${TWO}`, "line 1 names the fields"],
  ["--header", `${NAMES}\n${TWO}`, "line 1 names the fields"],
])("with %s all records of %j are loaded, and every command says why", async (flag, text, said) => {
  const cwd = shop({ "orders.dat": text });
  const flags = [...COLUMNS, ...(flag === null ? [] : [flag])];

  const plan = await runUpsurge(["plan", "orders.dat", ...flags, ...INTO_ORDERS], { cwd });
  const planJson = await runUpsurge(["plan", "orders.dat", ...flags, ...INTO_ORDERS, "--json"], {
    cwd,
  });
  const inspection = await runUpsurge(["inspect", "orders.dat", ...flags], { cwd });
  const inspectionJson = await runUpsurge(["inspect", "orders.dat", ...flags, "--json"], { cwd });
  const load = await runUpsurge(["orders.dat", ...flags, ...INTO_ORDERS], { cwd });

  expect(plan.stdout).toContain(`\nheader      ${said}\n`);
  expect(inspection.stdout).toContain(`\nheader: ${said}\n`);
  const { header } = JSON.parse(inspectionJson.stdout);
  expect(header.line).toBe(1);
  expect(JSON.parse(planJson.stdout).sources[0].header).toEqual(header);
  expect(load.exitCode).toBe(0);
  expect(orders(cwd)).toEqual(AFTER);
});

test("each of several sources is looked at by itself", async () => {
  const cwd = shop({
    "a.csv": `${NAMES}\n2,pot,1\n`,
    "b.csv": "What,is,this\n3,cup,6\n",
    "c.csv": "",
  });
  const mixed = ["a.csv", "b.csv", "c.csv", ...COLUMNS];

  const refused = await runUpsurge([...mixed, ...INTO_ORDERS], { cwd });
  const plan = await runUpsurge(["plan", ...mixed, "--header", ...INTO_ORDERS], { cwd });
  const load = await runUpsurge([...mixed, "--header", ...INTO_ORDERS], { cwd });

  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain("where: b.csv, line 1");
  expect(plan.stdout).toContain(
    [
      "header      a.csv: line 1 names the fields",
      "            b.csv: line 1 is passed over; --columns names the fields",
      "            c.csv: there is none: the source is empty",
      "target",
    ].join("\n"),
  );
  expect(load.exitCode).toBe(0);
  expect(orders(cwd)).toEqual(AFTER);
});

test("--no-header over a line that repeats --columns is said, and done", async () => {
  const cwd = shop({ "a.csv": TWO, "b.csv": `${NAMES}\n` });
  const flags = ["b.csv", ...COLUMNS, "--no-header", "--to", "shop.db", "--table", "orders"];

  const { stdout } = await runUpsurge(["plan", ...flags], { cwd });

  expect(stdout).toContain("line 1 of b.csv repeats the names of --columns");
  expect(stdout).toContain("line 1 is data, the first record, though it repeats");
});

test("standard input and skipped lines: the line is shown with its number", async () => {
  const cwd = shop();
  const flags = ["-", ...COLUMNS, "--skip-lines", "2", ...INTO_ORDERS];
  const stdin = `about\n\n${TWO}`;

  const refused = await runUpsurge(flags, { cwd, stdin });
  const loaded = await runUpsurge([...flags, "--no-header"], { cwd, stdin });

  expect(refused.stderr).toContain("where: standard input, line 3");
  expect(loaded.exitCode).toBe(0);
  expect(orders(cwd)).toEqual(AFTER);
});

test("a reject file is loaded with the flags of its source", async () => {
  for (const [flag, first] of [
    ["--header", "Nr,What,How many\n"],
    ["--no-header", ""],
  ] as const) {
    const cwd = shop({ "a.csv": `${first}2,pot,1\n3,cup,0\n` });
    const flags = [...COLUMNS, flag, ...INTO_ORDERS];
    const partly = await runUpsurge(["a.csv", ...flags, "--max-rejects", "1"], { cwd });
    const again = await runUpsurge(["a.csv.rejects.csv", ...flags, "--json"], { cwd });

    expect(partly.exitCode).toBe(3);
    expect(JSON.parse(again.stdout)).toMatchObject({ exit: 4, counts: { read: 1, rejected: 1 } });
  }
});
