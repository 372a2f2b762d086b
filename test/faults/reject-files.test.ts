/** The reject files of a load that is not a job: what a run that was killed has left is neither in the way nor lost. */
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { onFailPoint } from "../../src/testing/fail-point.ts";
import type { FailPoint } from "../../src/testing/fail-point.ts";
import { upsurgeError } from "../../src/errors/upsurge-error.ts";
import type { Report } from "../../src/report/report.ts";
import { INTO_ORDERS, orders, shop } from "../cli/shop.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import { until } from "../helpers/until.ts";
import { AT_FAIL_POINT } from "./torture/launch.ts";

afterEach(() => onFailPoint(null));

const HEADER = "id,item,amount\n";
const BAD = `${HEADER}1,tea,3\n2,pot,-1\n3,cup,6\n4,jug,x,y\n`;
const REJECTED = `${HEADER}2,pot,-1\n4,jug,x,y\n`;
const LOAD = ["bad.csv", ...INTO_ORDERS, "--max-rejects", "9"];
const FILE = "bad.csv.rejects.csv";
const LOADED = [
  [1, "tea", 3],
  [3, "cup", 6],
];

/** A folder, and what is in it beside the database and its side files. */
const folder = (): string => shop({ "bad.csv": BAD });
const namesIn = (cwd: string): string[] =>
  readdirSync(cwd).filter((name) => name.startsWith("bad.csv."));

function expectLoaded(
  cwd: string,
  { exitCode, stderr }: { exitCode: number; stderr: string },
): void {
  expect(exitCode, stderr).toBe(3);
  expect(readFileSync(join(cwd, FILE), "utf8")).toBe(REJECTED);
  const report = readFileSync(join(cwd, `${FILE}.jsonl`), "utf8")
    .trimEnd()
    .split("\n");
  expect(report.map((line) => (JSON.parse(line) as { record: number }).record)).toEqual([2, 4]);
  expect(orders(cwd)).toEqual(LOADED);
}

async function killedAt(cwd: string, point: FailPoint, args = LOAD): Promise<void> {
  const env = { UPSURGE_FAULT: `${point}:1:kill` };
  const { child, ended } = spawnUpsurge(args, cwd, { preload: AT_FAIL_POINT, env });
  await ended;
  expect(child.signalCode).toBe("SIGKILL");
}

const POINTS: readonly FailPoint[] = [
  "begin",
  "reject-write",
  "reject-written",
  "reject-synced",
  "reject-place",
  "reject-placed",
  "commit",
  "committed",
];

describe.each(POINTS)("killed at %s", (point) => {
  test("the same command loads everything, and no reject is lost", async () => {
    const cwd = folder();
    await killedAt(cwd, point);
    const ran = await runUpsurge(LOAD, { cwd });
    expectLoaded(cwd, ran);
    const isPlaced = POINTS.indexOf(point) > POINTS.indexOf("reject-place");
    const aside = isPlaced ? [`${FILE}.jsonl.killed-1`, `${FILE}.killed-1`] : [];
    expect(namesIn(cwd)).toEqual([FILE, `${FILE}.jsonl`, ...aside].toSorted());
    for (const name of aside) {
      expect(ran.stdout).toContain(
        `warning: rejects of a load that was killed while it committed are in ${name}`,
      );
    }
    if (isPlaced) expect(readFileSync(join(cwd, `${FILE}.killed-1`), "utf8")).toBe(REJECTED);
  });

  test("a job takes their place as well", async () => {
    const cwd = folder();
    await killedAt(cwd, point);
    expectLoaded(cwd, await runUpsurge([...LOAD, "--job", "j"], { cwd }));
    expect(namesIn(cwd).filter((name) => /part|lock/.test(name))).toEqual([]);
  });
});

test("killed twice while it committed, each has its own", async () => {
  const cwd = folder();
  for (const _ of [1, 2]) await killedAt(cwd, "commit");
  expectLoaded(cwd, await runUpsurge(LOAD, { cwd }));
  expect(namesIn(cwd)).toContain(`${FILE}.killed-1`);
});

test("one that fails leaves nothing of its own but its rejects", async () => {
  for (const point of POINTS) {
    const cwd = folder();
    let met = false;
    onFailPoint((at) => {
      if (at !== point || met) return;
      met = true;
      throw new Error("stopped");
    });
    expect((await runUpsurge(LOAD, { cwd })).exitCode).toBe(1);
    onFailPoint(null);
    expect(namesIn(cwd).filter((name) => /part|lock|killed/.test(name))).toEqual([]);
  }
});

test("one that is safe to repeat leaves none in its own way", async () => {
  const cwd = folder();
  onFailPoint((point) => {
    if (point === "commit") throw upsurgeError("TARGET_BUSY", { target: "it", reason: "locked" });
  });
  const once = [...LOAD, "--retry-timeout", "0"];
  expect((await runUpsurge(once, { cwd })).exitCode).toBe(75);
  onFailPoint(null);
  expect(namesIn(cwd)).toEqual([]);
  expectLoaded(cwd, await runUpsurge(LOAD, { cwd }));
});

test("one that does not know what became of its commit keeps them", async () => {
  const cwd = folder();
  onFailPoint((point) => {
    if (point === "committed") throw upsurgeError("TARGET_OUTCOME_UNKNOWN", { reason: "gone" });
  });
  expect((await runUpsurge(LOAD, { cwd })).exitCode).toBe(75);
  expect(namesIn(cwd)).toEqual([FILE, `${FILE}.jsonl`]);
  expect(readFileSync(join(cwd, FILE), "utf8")).toBe(REJECTED);
});

test("one that starts again once they are in place puts them there once more", async () => {
  const cwd = folder();
  let met = false;
  onFailPoint((point) => {
    if (point !== "reject-placed" || met) return;
    met = true;
    throw upsurgeError("TARGET_BUSY", { target: "it", reason: "locked" });
  });
  expectLoaded(cwd, await runUpsurge([...LOAD, "--reject-file", FILE], { cwd }));
  expect(met).toBe(true);
  expect(namesIn(cwd)).toEqual([FILE, `${FILE}.jsonl`]);
});

test("one that starts again begins its files anew, also behind a record without a line end", async () => {
  const last = '{"id":2,"item":"pot","amount":-1}';
  const cwd = shop({ "bad.ndjson": `{"id":1,"item":"tea","amount":3}\n${last}` });
  let met = false;
  onFailPoint((point) => {
    if (point !== "commit" || met) return;
    met = true;
    throw upsurgeError("TARGET_BUSY", { target: "it", reason: "locked" });
  });
  const load = ["bad.ndjson", ...INTO_ORDERS, "--max-rejects", "9", "--json"];
  const { exitCode, stdout, stderr } = await runUpsurge(load, { cwd });

  expect([met, exitCode], stderr).toEqual([true, 3]);
  expect(readFileSync(join(cwd, "bad.ndjson.rejects.ndjson"), "utf8")).toBe(last);
  const { counts, rejects } = JSON.parse(stdout) as Report;
  expect([counts.rejected, rejects.map(({ count }) => count)]).toEqual([1, [1]]);
});

test("one that commits every N records keeps the rejects of what is committed", async () => {
  const cwd = folder();
  const args = [...LOAD, "--commit", "1", "--allow-at-least-once"];
  await killedAt(cwd, "reject-placed", args);
  const { exitCode, stderr, stdout } = await runUpsurge(args, { cwd });
  expect(exitCode, stderr).toBe(3);
  expect(readFileSync(join(cwd, FILE), "utf8")).toBe(REJECTED);
  expect(stdout).toContain(`${FILE}.killed-1`);
  expect(readFileSync(join(cwd, `${FILE}.killed-1`), "utf8")).toBe(`${HEADER}2,pot,-1\n`);
});

test("several headers, each with a file of its own", async () => {
  const cwd = folder();
  writeFileSync(join(cwd, "b.csv"), "amount,item,id\n-1,pan,5\n");
  const args = ["bad.csv", "b.csv", ...LOAD.slice(1)];
  await killedAt(cwd, "commit", args);
  const { exitCode, stderr } = await runUpsurge(args, { cwd });
  expect(exitCode, stderr).toBe(3);
  expect(readFileSync(join(cwd, `${FILE}.2`), "utf8")).toBe("amount,item,id\n-1,pan,5\n");
  expect(namesIn(cwd)).toHaveLength(6);
});

test.each([
  ["no job", []],
  ["a job", ["--job", "j"]],
])("while one is at work, another one, %s, is refused", async (_, flags) => {
  const cwd = folder();
  const gate = join(cwd, "gate");
  writeFileSync(gate, "");
  const env = { UPSURGE_FAULT: "begin:1:wait", UPSURGE_FAULT_GATE: gate };
  const { child, ended } = spawnUpsurge(LOAD, cwd, { preload: AT_FAIL_POINT, env });
  await until("a run at its gate", () => existsSync(`${gate}.reached`));
  const refused = await runUpsurge([...LOAD, ...flags], { cwd });
  expect(refused.exitCode).toBe(6);
  expect(refused.stderr).toContain(
    `cause: another load (process ${child.pid} on ${hostname()}) is writing to it`,
  );
  rmSync(gate);
  const { exitCode, stderr } = await ended;
  expectLoaded(cwd, { exitCode: exitCode ?? 1, stderr });
  expect(namesIn(cwd)).toEqual([FILE, `${FILE}.jsonl`]);
});

test("one that was taken for dead and is not commits nothing", async () => {
  const cwd = folder();
  onFailPoint((point) => {
    if (point !== "reject-written") return;
    writeFileSync(join(cwd, "new.lock"), "");
    renameSync(join(cwd, "new.lock"), join(cwd, `${FILE}.lock`));
  });
  const { exitCode, stderr } = await runUpsurge(LOAD, { cwd });
  expect(exitCode).toBe(6);
  expect(stderr).toContain("another load has taken it over");
  expect(orders(cwd)).toEqual([[1, "tea", 2]]);
});

test("one whose folder is removed commits nothing, and says what happened", async () => {
  const cwd = folder();
  mkdirSync(join(cwd, "bad"));
  const load = [...LOAD, "--reject-file", join("bad", FILE)];
  onFailPoint((point) => {
    if (point === "reject-written") rmSync(join(cwd, "bad"), { recursive: true, force: true });
  });
  const { exitCode, stderr } = await runUpsurge(load, { cwd });
  expect(exitCode).toBe(6);
  expect(stderr).toContain("was removed while the load ran");
  expect(orders(cwd)).toEqual([[1, "tea", 2]]);

  onFailPoint(null);
  const again = await runUpsurge(load, { cwd });
  expect([again.exitCode, again.stderr]).toEqual([
    6,
    expect.stringContaining("create the folder bad"),
  ]);
  mkdirSync(join(cwd, "bad"));
  expect((await runUpsurge(load, { cwd })).exitCode).toBe(3);
});

test("a file that came to stand there meanwhile is not written over", async () => {
  const cwd = folder();
  onFailPoint((point) => {
    if (point === "reject-place") writeFileSync(join(cwd, FILE), "mine\n");
  });
  const { exitCode, stderr } = await runUpsurge(LOAD, { cwd });
  expect(exitCode).toBe(6);
  expect(stderr).toContain("the file exists, and reject files are never overwritten");
  expect(readFileSync(join(cwd, FILE), "utf8")).toBe("mine\n");
  expect(orders(cwd)).toEqual([[1, "tea", 2]]);
});

test("one that is removed meanwhile stops the load", async () => {
  const cwd = folder();
  onFailPoint((point) => {
    if (point === "reject-sync") rmSync(join(cwd, `${FILE}.part`));
  });
  const { exitCode, stderr } = await runUpsurge(LOAD, { cwd });
  expect(exitCode).toBe(6);
  expect(stderr).toContain("it was removed or replaced while the load was running");
  expect(orders(cwd)).toEqual([[1, "tea", 2]]);
});

test.each([`${FILE}.part`, `${FILE}.jsonl.part`, `${FILE}.lock`])(
  "%s that is somebody else's is left alone",
  async (name) => {
    const cwd = folder();
    writeFileSync(join(cwd, name), "mine\n");
    const { exitCode, stderr } = await runUpsurge(LOAD, { cwd });
    expect([exitCode, stderr]).toEqual([6, expect.stringContaining(`cannot write ${name}`)]);
    expect(readFileSync(join(cwd, name), "utf8")).toBe("mine\n");
    expect(namesIn(cwd)).toEqual([name]);
  },
);

test("a lock from another machine is not judged", async () => {
  const cwd = folder();
  const lock = join(cwd, `${FILE}.lock`);
  writeFileSync(lock, JSON.stringify({ host: "elsewhere", pid: 1, began: "" }));
  const refused = await runUpsurge(LOAD, { cwd });
  expect(refused.exitCode).toBe(6);
  expect(refused.stderr).toContain(`if that process no longer runs, remove ${FILE}.lock`);
  rmSync(lock);
  expectLoaded(cwd, await runUpsurge(LOAD, { cwd }));
});

test.each([
  ["a process that no longer runs", { host: hostname(), pid: 2 ** 22 - 1, began: "" }],
  ["an earlier process of the same number", { host: hostname(), pid: process.pid, began: "x:1" }],
])("a lock of %s is in nobody's way", async (_, owner) => {
  const cwd = folder();
  writeFileSync(join(cwd, `${FILE}.lock`), JSON.stringify(owner));
  writeFileSync(join(cwd, `${FILE}.part`), "half a rec");
  expectLoaded(cwd, await runUpsurge(LOAD, { cwd }));
  expect(namesIn(cwd)).toEqual([FILE, `${FILE}.jsonl`]);
});

test("a job's file that got another name is not written through", async () => {
  const cwd = folder();
  const job = [...LOAD.slice(0, -1), "1", "--job", "j", "--commit", "1"];
  expect((await runUpsurge(job, { cwd })).exitCode).toBe(4);
  const text = readFileSync(join(cwd, FILE), "utf8");
  writeFileSync(join(cwd, "mine.txt"), `${text}and more of mine\n`);
  rmSync(join(cwd, FILE));
  linkSync(join(cwd, "mine.txt"), join(cwd, FILE));
  const refused = await runUpsurge([...LOAD, "--job", "j", "--commit", "1"], { cwd });
  expect([refused.exitCode, refused.stderr]).toEqual([6, expect.stringContaining("a hard link")]);
  expect(readFileSync(join(cwd, "mine.txt"), "utf8")).toBe(`${text}and more of mine\n`);
});

test("--reset-job takes its own reject files, and no others", async () => {
  const cwd = folder();
  const job = [...LOAD, "--job", "j"];
  expectLoaded(cwd, await runUpsurge(job, { cwd }));
  expectLoaded(cwd, await runUpsurge([...job, "--reset-job"], { cwd }));
  writeFileSync(join(cwd, FILE), REJECTED.replace("-1", "1,corrected"));
  const refused = await runUpsurge([...job, "--reset-job"], { cwd });
  expect([refused.exitCode, refused.stderr]).toEqual([6, expect.stringContaining(FILE)]);
  for (const name of namesIn(cwd)) rmSync(join(cwd, name));
  expectLoaded(cwd, await runUpsurge([...job, "--reset-job"], { cwd }));
});

test.each([
  // By the length of the name, the first that is too long is that of the lock, or of the report.
  ["the lock", 251],
  ["the report", 249],
  ["the report while it is written", 245],
])(
  "a name with which that of %s is too long is refused, and nothing is left",
  async (_, length) => {
    const cwd = folder();
    const name = "r".repeat(length);
    const { exitCode, stderr } = await runUpsurge([...LOAD, "--reject-file", name], { cwd });
    expect(exitCode, stderr).toBe(6);
    expect(stderr).toContain("REJECT_FILE");
    expect(stderr).toContain("fix:   choose a shorter name with --reject-file");
    expect(readdirSync(cwd).filter((each) => each.startsWith("rrr"))).toEqual([]);
    expect(orders(cwd)).toEqual([[1, "tea", 2]]);
  },
);
