/** Runs that commit in parts are killed at random moments: the same command goes on, and every record is applied once. */
import { describe, expect, test } from "vitest";
import { FAIL_POINTS } from "../../src/testing/fail-point.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { RunShell } from "../helpers/run-shell.ts";
import { firstRound } from "../tiers/seed.ts";
import { timesOf } from "../tiers/tiers.ts";
import { AT_FAIL_POINT, launch } from "./torture/launch.ts";
import { Random } from "../helpers/random.ts";

const TABLES = ["alpha", "beta", "gamma"];
/** No key forbids a row to be there twice, and no row is counted twice unseen. */
const PLAIN = TABLES.map((table) => `create table ${table} (id int not null)`);
const KEYED = TABLES.map((table) => `create table ${table} (id int primary key, n int)`);
const seed = firstRound("run-jobs-killed", "UPSURGE_TEST_TORTURE_SEED");

/** What each commit passes: most kills are at one of them, so that few runs come to their end in between. */
const OF_EACH_COMMIT = ["apply", "applied", "move", "moved", "commit", "committed"] as const;

/** A moment to be killed at; a run need not come to it. */
function momentOf(random: Random): string {
  if (random.chance(0.75)) return `${random.pick(OF_EACH_COMMIT)}:${random.int(1, 6)}`;
  return `${random.pick(FAIL_POINTS)}:${random.int(1, 3)}`;
}

/** The ids of each table's files, in order. */
type Workload = Readonly<Record<string, readonly number[]>>;

function workload(random: Random): Workload {
  return Object.fromEntries(
    TABLES.map((table) => [table, Array.from({ length: random.int(1, 30) }, (_, at) => at)]),
  );
}

function text(ids: readonly number[]): string {
  return `id\n${ids.map((id) => `${id}\n`).join("")}`;
}

function files(work: Workload, random: Random): Record<string, string> {
  return Object.fromEntries(
    Object.entries(work).flatMap(([table, ids]) => {
      const cut = random.int(0, ids.length);
      if (random.chance(0.5)) return [[`seeds/${table}.csv`, text(ids)]];
      return [
        [`seeds/${table}/1.csv`, text(ids.slice(0, cut))],
        [`seeds/${table}/2.csv`, text(ids.slice(cut))],
      ];
    }),
  );
}

async function contents(shell: RunShell): Promise<Workload> {
  const found: Record<string, readonly number[]> = {};
  for (const table of TABLES) {
    const rows = await shell.rows(`select id from ${table} order by id`);
    found[table] = rows.map(([id]) => Number(id));
  }
  return found;
}

/** Tables that have every row, and a manifest that counts in each how often its record was applied. */
async function startCounting(
  shell: RunShell,
  database: TestDatabase,
  work: Workload,
): Promise<void> {
  await shell.start(...KEYED);
  for (const [table, ids] of Object.entries(work)) {
    const rows = ids.map((id) => `(${id}, 0)`).join(", ");
    await database.exec(`insert into ${table} values ${rows}`);
  }
  const loads = TABLES.map(
    (table) => `  - { from: "seeds/${table}{.csv,/*.csv}", table: ${table} }\n`,
  );
  const set = "defaults: { key: id, set: { n: target.n + 1 } }";
  shell.write({ "counting.yaml": `${set}\nloads:\n${loads.join("")}` });
}

describe.each(ENGINES.filter(({ name }) => name !== "sqlserver"))("$title", (engine) => {
  const database = useDatabase(engine);
  const most = timesOf("kills of runs");
  test(`${most} times killed, every record is applied once`, { timeout: 0 }, async () => {
    let kills = 0;
    for (let round = seed; kills < most; round += 1) {
      const random = new Random(round);
      const work = workload(random);
      const shell = new RunShell(database);
      await shell.start(...PLAIN);
      shell.write(files(work, random));
      const counts = random.chance(0.5);
      if (counts) await startCounting(shell, database, work);
      const what = counts ? ["counting.yaml"] : ["seeds", "--mode", "insert"];
      const args = ["run", ...what, "--to", database.url, "--quiet"];
      args.push("--commit", String(random.int(1, 9)), "--batch-rows", String(random.int(1, 9)));
      for (;;) {
        const fault = `${momentOf(random)}:kill`;
        const env = { UPSURGE_FAULT: fault };
        const { exit, signal, stderr } = await launch({
          args,
          cwd: shell.folder,
          env,
          preload: [AT_FAIL_POINT],
        }).ended;
        if (signal === null) {
          expect(exit, `${stderr} (UPSURGE_TEST_TORTURE_SEED=${round}, after ${fault})`).toBe(0);
          break;
        }
        kills += 1;
      }
      const seen = `UPSURGE_TEST_TORTURE_SEED=${round}`;
      expect(await contents(shell), seen).toEqual(work);
      for (const table of counts ? TABLES : []) {
        const others = await shell.rows(`select id, n from ${table} where n <> 1`);
        expect(others, `${seen}, ${table}`).toEqual([]);
      }
    }
  });

  test.each(["forget", "forgotten"] as const)("killed at %s, a run is run anew", async (point) => {
    const shell = new RunShell(database);
    await shell.start(...KEYED);
    const text = "id,n\n1,1\n2,1\n3,1\n";
    shell.write(Object.fromEntries(TABLES.map((table) => [`seeds/${table}.csv`, text])));
    const args = ["run", "seeds", "--to", database.url, "--commit", "2", "--quiet"];
    const env = { UPSURGE_FAULT: `${point}:1:kill` };
    const killed = await launch({ args, cwd: shell.folder, env, preload: [AT_FAIL_POINT] }).ended;
    expect(killed.signal, killed.stderr).toBe("SIGKILL");

    await database.exec("delete from beta where id = 2");
    const again = await shell.run("seeds", "--commit", "2");

    expect(again.report.counts, again.output).toMatchObject({ read: 9, inserted: 1, unchanged: 8 });
    expect(await shell.rows("select count(*) from upsurge_checkpoint")).toEqual([["0"]]);
  });
});
