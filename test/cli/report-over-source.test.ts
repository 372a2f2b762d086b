/** A file that a command reads is never replaced by its report: it would be gone, and the next run would load the report. */
import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { INTO_ORDERS, orders, shop } from "./shop.ts";

const RECORDS = '[{"id":7,"item":"jar"}]\n';
const MANIFEST = '{"to":"shop.db","loads":[{"from":"data.json","table":"orders","key":"id"}]}\n';

function folder(): string {
  const cwd = shop({
    "data.json": RECORDS,
    "run.json": MANIFEST,
    "env.json": "A=1\n",
  });
  mkdirSync(join(cwd, "seeds"));
  writeFileSync(join(cwd, "seeds", "orders.json"), RECORDS);
  symlinkSync("data.json", join(cwd, "link.json"));
  linkSync(join(cwd, "data.json"), join(cwd, "twin.json"));
  return cwd;
}

test.each([
  ["a source", ["data.json", ...INTO_ORDERS], "data.json", "data.json"],
  ["a source by another path", ["data.json", ...INTO_ORDERS], "./seeds/../data.json", "data.json"],
  ["a source by a link", ["data.json", ...INTO_ORDERS], "link.json", "data.json"],
  ["a source by a second name", ["data.json", ...INTO_ORDERS], "twin.json", "data.json"],
  ["one of a pattern", ["d*.json", ...INTO_ORDERS], "data.json", "data.json"],
  [
    "a file of a folder",
    ["run", "seeds", "--to", "shop.db"],
    "seeds/orders.json",
    "seeds/orders.json",
  ],
  ["a file of a manifest", ["run", "run.json"], "data.json", "data.json"],
  ["the manifest", ["run", "run.json"], "run.json", "run.json"],
  [
    "a file of variables",
    ["data.json", ...INTO_ORDERS, "--env-file", "env.json"],
    "env.json",
    "env.json",
  ],
])("%s is not replaced by a report", async (_, words, report, read) => {
  const cwd = folder();
  const before = readFileSync(join(cwd, read), "utf8");
  const refused = await runUpsurge([...words, "--report", report], { cwd });

  expect([refused.exitCode, refused.stderr]).toEqual([
    2,
    expect.stringContaining(
      `error: --report ${report} does not go with reading ${read}  OPTION_CONFLICT\n`,
    ),
  ]);
  expect(readFileSync(join(cwd, read), "utf8")).toBe(before);
  expect(orders(cwd)).toHaveLength(1);
  const next = await runUpsurge([...words, "--report", "other.json"], { cwd });
  expect(next.exitCode, next.stderr).toBe(0);
});

test("a report that is no source is replaced by the next one", async () => {
  const cwd = folder();
  const load = ["data.json", ...INTO_ORDERS, "--report", "load.json"];

  expect((await runUpsurge(load, { cwd })).exitCode).toBe(0);
  expect((await runUpsurge(load, { cwd })).exitCode).toBe(0);
  expect(JSON.parse(readFileSync(join(cwd, "load.json"), "utf8")).counts.unchanged).toBe(1);
});
