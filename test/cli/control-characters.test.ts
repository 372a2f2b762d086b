/** Control characters of a source never reach the terminal: not in an error, a table, a warning, a log, a file's name. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { JobShell } from "../helpers/job-shell.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { INTO_ORDERS, shop } from "./shop.ts";

/** Everything but the line ends and tabs of our own. */
const RAW = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029\uFEFF]/u;
const HOSTILE = "\u001B[2J\u001B]0;x\u0007\u009B31m\u202Ered\b\u007F";

async function run(args: readonly string[], content: string, name = "in.csv"): Promise<string> {
  const cwd = shop();
  writeFileSync(join(cwd, name), content);
  const { stdout, stderr } = await runUpsurge(args, { cwd });
  expect(stdout).not.toMatch(RAW);
  expect(stderr).not.toMatch(RAW);
  return stdout + stderr;
}

test("a field that has no column", async () => {
  const said = await run(["in.csv", ...INTO_ORDERS], `id,${HOSTILE}\n1,2\n`);
  expect(said).toContain(
    "no column for the field \\u001b[2J\\u001b]0;x\\u0007\\u009b31m\\u202ered",
  );
});

test("names of fields and values of inspect, each in its line", async () => {
  const content = `id,"${HOSTILE}\r\nerror: x"\n1,"a\r\n${HOSTILE}"\n`;
  const said = await run(["inspect", "in.csv"], content);
  expect(said).toContain("\\r\\nerror: x");
  expect(said).not.toMatch(/^error/m);
  await run(["inspect", "in.csv", "--json"], content);
});

test("a plan, its debug log, and a warning", async () => {
  const content = `id,item,amount,"${HOSTILE}\nwarning"\n1,tea,3,4\n`;
  const flags = ["--extra-fields", "ignore"];
  const planned = await run(["plan", "in.csv", ...INTO_ORDERS, ...flags], content);
  expect(planned).toContain("\\u001b[2J");
  for (const format of ["pretty", "json"]) {
    const log = ["--log-level", "debug", "--log-format", format];
    await run(["in.csv", ...INTO_ORDERS, ...log], content);
  }
});

test("the name of a file", async () => {
  const name = "a\u001B[31m\rb.csv";
  const open = 'id,item,amount\n1,"tea,3\n';
  const shown = "a quote in a\\u001b[31m\\rb.csv is not closed";
  expect(await run([name, ...INTO_ORDERS], open, name)).toContain(shown);
  const gone = `${name}.gone`;
  expect(await run([gone, ...INTO_ORDERS], open)).toContain("no file a\\u001b[31m\\rb.csv.gone");
});

describe.each(ENGINES)("$title", (engine) => {
  const database = useDatabase(engine);

  test("a value that the database names in its message", async () => {
    const shell = await JobShell.open(engine, database);
    shell.write("in.csv", `id,n,hist\n1,${HOSTILE},x\n`);
    const into = ["--to", database.url, "--table", "t", "--key", "id"];
    for (const more of [
      [],
      ["--max-rejects", "1"],
      ["--max-rejects", "1", "--log-level", "debug"],
    ]) {
      const { stdout, stderr } = await shell.run(["in.csv", ...into, ...more]);
      expect(stdout + stderr).not.toMatch(RAW);
    }
  });
});
