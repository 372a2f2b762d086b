/** GitHub Actions: annotations, and the summary of the step. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { INTO_ORDERS, orders, shop } from "./shop.ts";

const BAD = "id,item,amount\n2,pot,-1\n3,cup,6\n";

/** Runs in a step. */
async function step(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunResult> {
  return await runUpsurge(args, { cwd, env: { GITHUB_ACTIONS: "true", ...env } });
}

function annotations({ stderr }: RunResult): string[] {
  return stderr.split("\n").filter((line) => line.startsWith("::"));
}

describe("annotations", () => {
  test.each([
    [
      "a plan",
      ["orders.csv", "--to", "shop.db", "--table", "order", "--key", "id"],
      "PLAN_NO_TABLE",
    ],
    ["a connection", ["orders.csv", "--to", "no.db", "--table", "orders"], "TARGET_NOT_FOUND"],
    ["`plan`", ["plan", "orders.csv", "--to", "shop.db", "--table", "order"], "PLAN_NO_TABLE"],
    ["flags", ["orders.csv", "--to", "shop.db", "--tabel", "orders"], "OPTION_UNKNOWN"],
  ])("of an error of %s say what to do", async (_, args, code) => {
    const [line = "", ...others] = annotations(await step(args, shop()));

    expect(others).toEqual([]);
    expect(line).toMatch(new RegExp(`^::error::.* \\(${code}\\)%0Acause: .*%0Afix: .+$`));
  });

  test("are made of the first ten tolerated rejects, and none of more", async () => {
    const bad = Array.from({ length: 12 }, (_, at) => `${at + 2},pot,-1\n`).join("");
    const cwd = shop({ "bad.csv": `id,item,amount\n${bad}` });
    const ran = await step(["bad.csv", ...INTO_ORDERS, "--max-rejects", "20"], cwd);

    expect(ran.exitCode).toBe(3);
    expect(annotations(ran)).toHaveLength(10);
    expect(annotations(ran)[9]).toMatch(
      /^::warning file=bad\.csv,line=11::record 10 was rejected: .* \(ROW_CHECK\)$/,
    );
  });

  test("are one for rejects that are too many", async () => {
    const cwd = shop({ "bad.csv": BAD });

    expect(annotations(await step(["bad.csv", ...INTO_ORDERS], cwd))).toEqual([
      expect.stringMatching(/^::error file=bad\.csv,line=2::.*REJECT_LIMIT/),
    ]);
  });

  test("name files as the repository does", async () => {
    const cwd = shop({ "bad.csv": BAD });
    mkdirSync(join(cwd, "data"));
    writeFileSync(join(cwd, "data", "a.csv"), BAD);
    const args = [join(cwd, "data", "a.csv"), ...INTO_ORDERS, "--max-rejects", "1"];

    const ran = await step(args, cwd, { GITHUB_WORKSPACE: cwd });

    expect(annotations(ran)).toEqual([
      expect.stringMatching(/^::warning file=data\/a\.csv,line=2::/),
    ]);
  });

  test("are nobody else's", async () => {
    const cwd = shop({ "bad.csv": BAD });
    const { stderr } = await runUpsurge(["bad.csv", ...INTO_ORDERS, "--max-rejects", "1"], { cwd });

    expect(stderr).toBe("");
  });
});

describe("the summary of the step", () => {
  test("is a table that is added to what is there", async () => {
    const cwd = shop({ "bad.csv": BAD, "a|b.csv": "id,item\n7,jar\n" });
    writeFileSync(join(cwd, "step.md"), "before\n");
    const args = ["bad.csv", "a|b.csv", ...INTO_ORDERS, "--max-rejects", "1"];

    await step(args, cwd, { GITHUB_STEP_SUMMARY: join(cwd, "step.md") });

    const text = readFileSync(join(cwd, "step.md"), "utf8");
    expect(text.replace(/time \| [^|]*/, "time | T ")).toBe(`before
### upsurge: load into orders: rejects

|  |  |
| --- | --- |
| read | 3 |
| inserted | 2 |
| rejected | 1 |
| time | T |
| reject file | bad.csv.rejects.csv |
| warning | rejects of sources with another header are in bad.csv.rejects.csv.2 |

| source | read | rejected |
| --- | --- | --- |
| bad.csv | 2 | 1 |
| a\\|b.csv | 1 | 0 |
`);
  });

  test("has the rows that would change", async () => {
    const cwd = shop({ "new.csv": "id,item\n7,jar *x*\n8,a|b\n" });
    const summary = join(cwd, "step.md");
    const args = ["new.csv", ...INTO_ORDERS, "--check", "--diff", "1"];

    await step(args, cwd, { GITHUB_STEP_SUMMARY: summary });

    const text = readFileSync(summary, "utf8");
    expect(text).toMatch(/^\| {2}\| key \| differences in orders: 2 inserted/m);
    expect(text).toMatch(/^\| \+ \| id=7 \| item: "jar \\\*x\\\*"/m);
    expect(text).toMatch(/^\| {2}\| {2}\| and \d+ more; --diff all prints all of them \|$/m);
  });

  test("has the error of a load that failed, and no Markdown of its own in it", async () => {
    const cwd = shop();
    const summary = join(cwd, "step.md");
    const args = ["orders.csv", "--to", "shop.db", "--table", "<b>*x*", "--key", "id"];

    await step(args, cwd, { GITHUB_STEP_SUMMARY: summary });

    const text = readFileSync(summary, "utf8");
    expect(text).toMatch(/^### upsurge: load into &lt;b>\\\*x\\\*: failed\n/);
    expect(text).toMatch(/^\| error \| .* \(PLAN\\_NO\\_TABLE\) \|$/m);
    expect(text).toMatch(/^\| fix \| .* \|$/m);
  });

  test.each(["", "none/step.md", ".", "/dev/full"])(
    "that cannot be written (%j) changes nothing",
    async (path) => {
      const cwd = shop();
      const ran = await step(["orders.csv", ...INTO_ORDERS], cwd, { GITHUB_STEP_SUMMARY: path });

      expect([ran.exitCode, ran.stderr]).toEqual([0, ""]);
      expect(orders(cwd)).toHaveLength(3);
    },
  );
});
