/**
 * Jobs of nested records are killed at random moments, between levels and within them: the same command goes on, every record
 * is applied once with everything in it, and no row is there without its record. A connection that is cut there is one case more.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FAIL_POINTS } from "../../src/testing/fail-point.ts";
import type { Report } from "../../src/report/report.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { firstRound } from "../tiers/seed.ts";
import { timesOf } from "../tiers/tiers.ts";
import { AT_FAIL_POINT, launch } from "./torture/launch.ts";
import type { Ended } from "./torture/launch.ts";
import { Random } from "../helpers/random.ts";

const seed = firstRound("nest-killed", "UPSURGE_TEST_TORTURE_SEED");

/** Applied twice, a record counts twice: on its own row, its area's and its lines'. */
const TABLES = [
  "create table areas (code varchar(9) not null primary key, n int not null)",
  "create table orders (k int not null primary key, n int not null, area varchar(9) references areas (code))",
  "create table lines (order_k int not null references orders (k), nr int not null, n int not null, primary key (order_k, nr), check (n <> 77))",
];
const NEST = `
area: { table: areas, key: code, set: { n: target.n + excluded.n } }
lines: { table: lines, key: [order_k, nr], set: { n: target.n + excluded.n } }`;
const LOAD = [
  ..."in.ndjson --table orders --key k --max-rejects 1000 --json -q --set".split(" "),
  "n = target.n + excluded.n",
  "--nest",
  NEST,
];

interface OrderRecord {
  readonly k: number;
  readonly n: number;
  readonly area?: { readonly code: string; readonly n: number };
  readonly lines: readonly { readonly nr: number; readonly n: number }[];
}

function workload(random: Random): OrderRecord[] {
  return Array.from({ length: random.int(4, 24) }, () => ({
    k: random.int(1, 6),
    n: 1,
    ...(random.chance(0.8) && { area: { code: random.pick(["a", "b"]), n: 1 } }),
    lines: Array.from({ length: random.int(0, 3) }, (_, at) => ({
      nr: at + 1,
      n: random.chance(0.05) ? 77 : 1,
    })),
  }));
}

/** How often each row was written, by the records that are not at fault. */
function expectedOf(records: readonly OrderRecord[]): unknown {
  const times = { areas: new Map(), orders: new Map(), lines: new Map() } as const;
  for (const { k, area, lines } of records.filter(isGood)) {
    if (area !== undefined) addOnce(times.areas, area.code);
    addOnce(times.orders, String(k));
    for (const { nr } of lines) addOnce(times.lines, `${k} ${nr}`);
  }
  return [sorted(times.areas), sorted(times.orders), sorted(times.lines)];
}

function addOnce(rows: Map<string, number>, key: string): void {
  rows.set(key, (rows.get(key) ?? 0) + 1);
}

function sorted(rows: ReadonlyMap<string, number>): string[] {
  return [...rows].map(([key, n]) => `${key} ${n}`).toSorted();
}

function isGood({ lines }: OrderRecord): boolean {
  return lines.every(({ n }) => n !== 77);
}

async function contents(database: TestDatabase): Promise<unknown> {
  const text = async (sql: string): Promise<string[]> =>
    (await database.rows(sql)).map((row) => row.join(" ")).toSorted();
  return [
    await text("select code, n from areas"),
    await text("select k, n from orders"),
    await text("select order_k, nr, n from lines"),
  ];
}

/** The rows that a report accounts for, level by level, beside what was read. */
function accounted({ stdout }: Ended): unknown {
  const { tables = [] } = JSON.parse(stdout) as Report;
  return tables.map(({ counts: { read, ...counts } }) => {
    const { removed: _, created: __, blank: ___, ...fates } = counts;
    return [read, Object.values(fates).reduce((sum, count) => sum + count, 0)];
  });
}

async function start(database: TestDatabase, records: readonly OrderRecord[]): Promise<string> {
  await database.reset();
  for (const sql of TABLES) await database.exec(sql);
  const folder = tempDir();
  const lines = records.map((record) => `${JSON.stringify(record)}\n`);
  writeFileSync(join(folder, "in.ndjson"), lines.join(""));
  return folder;
}

/** What a load has left that came to its end after all. */
async function check(
  database: TestDatabase,
  { folder, records, last }: { folder: string; records: readonly OrderRecord[]; last: Ended },
  seen: string,
): Promise<void> {
  expect(await contents(database), seen).toEqual(expectedOf(records));
  const rows = [
    records.length,
    records.filter(({ area }) => area !== undefined).length,
    records.reduce((sum, { lines }) => sum + lines.length, 0),
  ];
  expect(accounted(last), seen).toEqual(rows.map((count) => [count, count]));
  const bad = records.filter((record) => !isGood(record));
  const file = join(folder, "in.ndjson.rejects.ndjson");
  const rejected = bad.length === 0 ? "" : readFileSync(file, "utf8");
  expect(rejected, seen).toBe(bad.map((record) => `${JSON.stringify(record)}\n`).join(""));
}

describe.each(ENGINES.filter(({ name }) => name !== "sqlserver"))("$title", (engine) => {
  const database = useDatabase(engine);
  const most = timesOf("kills of nested jobs");

  test(`${most} times killed, every record is applied once`, { timeout: 0 }, async () => {
    let kills = 0;
    for (let round = seed; kills < most; round += 1) {
      const random = new Random(round);
      const records = workload(random);
      const cwd = await start(database, records);
      const size = ["--commit", String(random.int(1, 6)), "-b", String(random.int(1, 6))];
      const args = [...LOAD, "--to", database.url, "--job", "j", ...size];
      for (;;) {
        const point = random.chance(0.5)
          ? random.pick(["level", "level-applied"])
          : random.pick(FAIL_POINTS);
        const fault = `${point}:${random.int(1, 12)}:kill`;
        const env = { UPSURGE_FAULT: fault };
        const last = await launch({ args, cwd, env, preload: [AT_FAIL_POINT] }).ended;
        const seen = `UPSURGE_TEST_TORTURE_SEED=${round}, after ${fault}: ${last.stderr}`;
        if (last.signal === null) {
          expect([0, 3], seen).toContain(last.exit);
          if (last.stdout.includes('"alreadyLoadedAt":null'))
            await check(database, { folder: cwd, records, last }, seen);
          else expect(await contents(database), seen).toEqual(expectedOf(records));
          break;
        }
        kills += 1;
      }
    }
  });
});

describe("postgres, when the connection is cut within a level", () => {
  const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
  if (postgres === undefined) throw new Error("there is no engine postgres");
  const database = useDatabase(postgres);

  test.each(["level:5:cut", "level-applied:8:cut"])("%s: the load goes on", async (fault) => {
    const records = workload(new Random(5));
    const cwd = await start(database, records);
    const args = [...LOAD, "--to", database.url, "--job", "j", "--commit", "3", "-b", "2"];
    const env = { UPSURGE_FAULT: fault };
    const last = await launch({ args, cwd, env, preload: [AT_FAIL_POINT] }).ended;
    expect([0, 3], last.stderr).toContain(last.exit);
    await check(database, { folder: cwd, records, last }, fault);
  });
});
