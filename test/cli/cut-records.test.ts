/** What is told of records that may be damaged or cut: a fix that is typed must not load half of one over a good row. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { INTO_ORDERS, orders, shop } from "./shop.ts";

const AGAIN = "get the source again, whole: --require-final-newline refuses one that is cut so";

/** What is left of `12,cup,4` is the key of a row that is there. */
const CUT = "id,item,amount\n2,pot,1\n1";

async function load(
  files: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<RunResult & { readonly cwd: string }> {
  const cwd = shop(files);
  return { cwd, ...(await runUpsurge([...args, ...INTO_ORDERS], { cwd })) };
}

test("a short last record without a line end may be cut, and is to be fetched again", async () => {
  const { cwd, stderr } = await load({ "cut.csv": CUT }, "cut.csv");

  expect(stderr).toContain("1 field found, 3 expected; it may be cut: nothing ends the last line");
  expect(stderr).toContain(`fix:   ${AGAIN}`);
  expect(stderr).not.toContain("--missing-fields");
  const typed = await runUpsurge(["cut.csv", "--require-final-newline", ...INTO_ORDERS], { cwd });
  expect([typed.exitCode, typed.stderr]).toEqual([4, expect.stringContaining("SOURCE_INCOMPLETE")]);
  expect(orders(cwd)).toEqual([[1, "tea", 2]]);
});

test.each([
  ["with its line end", `${CUT}\n`],
  ["in the middle", "id,item,amount\n1\n2,pot,1"],
])("a short record %s is no cut one", async (_, text) => {
  const { stderr } = await load({ "short.csv": text }, "short.csv");

  expect(stderr).toContain("1 field found, 3 expected (ROW_FIELD_COUNT)");
  expect(stderr).toContain("fix:   pass --missing-fields null");
});

test("short records before it do not hide the last one's fix", async () => {
  const text = "id,item,amount\n5\n6\n7\n8\n2,pot,1\n1";
  const { stdout } = await load({ "cut.csv": text }, "cut.csv", "--max-rejects", "9");

  expect(stdout).toContain("5 ROW_FIELD_COUNT: 1 field found, 3 expected\n");
  expect(stdout).toContain(`fix: ${AGAIN}`);
  expect(stdout).not.toContain("--missing-fields");
});

test("of two lines of JSON the last is cut", async () => {
  const text = '{"id":2,"item":"pot","amount":1}\n{"id":1,"item":"te';
  const { stderr } = await load({ "cut.ndjson": text }, "cut.ndjson");

  expect(stderr).toContain("it ends too early");
  expect(stderr).toContain(`fix:   ${AGAIN}`);
});

test("a group of rejects with several messages says that it shows the first", async () => {
  const text = "id,item,amount\n5,a,1,x\n6\n";
  const { stdout } = await load({ "in.csv": text }, "in.csv", "--max-rejects", "9");

  expect(stdout).toContain("2 ROW_FIELD_COUNT, the first: 4 fields found, 3 expected\n");
});

test.runIf(process.platform === "linux")(
  "a compressed source that was not read to its end may be damaged: it is tested first",
  async () => {
    const cwd = shop({});
    const path = join(cwd, "in.csv.gz");
    writeFileSync(path, gzipSync("id,item,amount\n2,pot,1\n3,cup\n4,jug,2\n"));

    const stopped = await runUpsurge(["in.csv.gz", ...INTO_ORDERS], { cwd });
    const piped = await runUpsurge(["-", ...INTO_ORDERS], { cwd, stdin: readFileSync(path) });
    const done = await runUpsurge(["in.csv.gz", "--max-rejects", "1", ...INTO_ORDERS], { cwd });

    const [, command = "false"] =
      /test it with `([^`]+)`; if it is sound, /.exec(stopped.stderr) ?? [];
    expect(command).toBe("gzip -t in.csv.gz");
    execFileSync("sh", ["-c", command], { cwd });
    expect(piped.stderr).toContain("was not read to its end, and may be damaged; if it is sound");
    expect(done.stdout).toContain("fix: pass --missing-fields null");
  },
);

test("a line of broken JSON is not taken for one of several", async () => {
  const text = '{"id":2,"item":"pot","amount":1}\n{id:3}\n';
  const { stderr } = await load({ "broken.ndjson": text }, "broken.ndjson");

  expect(stderr).toContain(
    "fix:   write the names in double quotes, as JSON has them; or allow some",
  );
});
