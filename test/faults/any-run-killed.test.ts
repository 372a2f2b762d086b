/**
 * Runs of any manifest, whose tables refer to each other and to themselves, killed or interrupted at random moments: the same
 * command ends in the tables, counts and rejects of a run in one transaction that was left alone. What is written for those
 * who watch is whole after each kill, and says what the exit code says whenever a run comes to an end.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FAIL_POINTS } from "../../src/testing/fail-point.ts";
import type { RunReport } from "../../src/report/run-report.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { faultsOfJunit } from "../helpers/junit.ts";
import { faultsOfMetrics } from "../helpers/prometheus.ts";
import { RunShell } from "../helpers/run-shell.ts";
import { firstRound } from "../tiers/seed.ts";
import { timesOf } from "../tiers/tiers.ts";
import { AT_FAIL_POINT, launch } from "./torture/launch.ts";
import type { Ended } from "./torture/launch.ts";
import { Random } from "../helpers/random.ts";

const seed = firstRound("any-run-killed", "UPSURGE_TEST_TORTURE_SEED");

/** `seen` counts how often a record was applied to a row that was there. */
const TABLES = [
  "create table people (id int primary key, code varchar(9) not null unique, boss int references people (id), n int check (n <> 77), seen int default 0 not null)",
  "create table pets (id int primary key, person int references people (id), n int check (n <> 77), seen int default 0 not null)",
  "insert into people values (1, 'p1', null, 0, 0), (2, 'p2', 1, 0, 0)",
  "insert into pets values (1, 2, 0, 0)",
];
const ROWS = ["people", "pets"].map((table) => `select * from ${table} order by id`);
const KEYS = 9;
/** Of none of them there is no row. */
const NOBODY = "nobody";

/** What each commit passes: most kills are at one of them. */
const OF_EACH_COMMIT = [
  "apply",
  "applied",
  "reject-synced",
  "move",
  "moved",
  "commit",
  "committed",
];

function faultOf(random: Random): string {
  const point = random.chance(0.7)
    ? random.pick(OF_EACH_COMMIT as [string, ...string[]])
    : random.pick<string>(FAIL_POINTS);
  return `${point}:${random.int(1, 6)}:${random.chance(0.75) ? "kill" : "interrupt"}`;
}

type Value = string | number | null;

/** A file of some records, as CSV or NDJSON. */
function fileOf(name: string, fields: readonly string[], records: readonly Value[][]): string[] {
  if (name.endsWith(".csv")) {
    const lines = [fields, ...records].map(
      (values) => `${values.map((each) => each ?? "").join()}\n`,
    );
    return [name, lines.join("")];
  }
  const lines = records.map((values) =>
    JSON.stringify(Object.fromEntries(fields.map((field, at) => [field, values[at] ?? null]))),
  );
  return [name, lines.map((line) => `${line}\n`).join("")];
}

/** A record that the table refuses now and then. */
function numberOf(random: Random): number {
  return random.chance(0.08) ? 77 : random.int(0, 5);
}

function recordsOf(random: Random, record: (id: number) => Value[]): Value[][] {
  return Array.from({ length: random.int(0, 25) }, () => record(random.int(1, KEYS)));
}

/** Nobody's boss comes later: in parts such a record is a reject, and in one transaction it is none. */
function person(random: Random): (id: number) => Value[] {
  return (id) => [id, `p${id}`, random.pick<Value>([null, 1, 2, id]), numberOf(random)];
}

function pet(random: Random): (id: number) => Value[] {
  return (id) => {
    const code = random.chance(0.1) ? NOBODY : `p${random.int(1, 2)}`;
    return [id, random.chance(0.2) ? null : code, numberOf(random)];
  };
}

/** Files, and a manifest that loads them; the first load of people may be in two files. */
function workload(random: Random): Record<string, string> {
  const end = (): string => random.pick(["csv", "ndjson"]);
  const people = ["id", "code", "boss", "n"];
  const first = end();
  const files = [
    fileOf(`a/people.1.${first}`, people, recordsOf(random, person(random))),
    fileOf(`a/people.2.${first}`, people, recordsOf(random, person(random))),
    fileOf(`b/people.${end()}`, people, recordsOf(random, person(random))),
    fileOf(`b/pets.${end()}`, ["id", "owner", "n"], recordsOf(random, pet(random))),
  ];
  const [, , more = [], pets = []] = files;
  const loads = [
    { from: `a/people.*.${first}`, table: "people" },
    { from: more[0], table: "people" },
    { from: pets[0], table: "pets", lookup: { person: "people(code = owner)" } },
  ];
  const defaults = { key: "id", "max-rejects": 100, set: { seen: "target.seen + 1" } };
  files.push(["seed.json", JSON.stringify({ defaults, loads })]);
  return Object.fromEntries(files) as Record<string, string>;
}

/** The records that were rejected, of all loads. */
function rejectsIn(shell: RunShell, files: Readonly<Record<string, string>>): unknown {
  return Object.keys(files).flatMap((name) => {
    const path = join(shell.folder, `${name}.rejects.${name.split(".").at(-1) ?? ""}`);
    return existsSync(path) ? [[name, readFileSync(path, "utf8")]] : [];
  });
}

const WATCHED = ["--junit", "r.xml", "--metrics", "m.prom", "--report", "r.json"];

/** What is written for those who watch: whole, and of this end where there was one. */
function expectWatched(shell: RunShell, { exit, stdout }: Ended, seen: string): void {
  const textOf = (name: string): string | null => {
    const path = join(shell.folder, name);
    return existsSync(path) ? readFileSync(path, "utf8") : null;
  };
  const [xml = null, metrics = null, json = null] = ["r.xml", "m.prom", "r.json"].map(textOf);
  expect(xml === null ? [] : faultsOfJunit(xml), seen).toEqual([]);
  expect(metrics === null ? [] : faultsOfMetrics(metrics), seen).toEqual([]);
  const report = JSON.parse(json ?? "{}") as { readonly exit?: number };
  if (exit === null) return;
  const [, sum = "", errors = ""] = /failures="(\d+)" errors="(\d+)"/.exec(xml ?? "") ?? [];
  expect(Number(sum) + Number(errors) > 0, `${seen}\n${xml}`).toBe(exit !== 0);
  expect(metrics, seen).toMatch(new RegExp(`^upsurge_last_run_exit_code\\{.*\\} ${exit}$`, "m"));
  expect([report.exit, (JSON.parse(stdout) as typeof report).exit], seen).toEqual([exit, exit]);
}

/** The counts of all runs of a load's job; a run that finds it finished counts nothing itself. */
function countsOf({ table, counts, job }: RunReport["tables"][number]): unknown {
  const isLoaded = job !== undefined && job.alreadyLoadedAt !== null;
  return [table, isLoaded ? job.earlier : counts];
}

/** What came of a run. */
async function outcome(
  shell: RunShell,
  files: Readonly<Record<string, string>>,
  tables: RunReport["tables"],
): Promise<unknown> {
  const rows: unknown[] = [];
  for (const sql of ROWS) rows.push(await shell.rows(sql));
  return { rows, rejects: rejectsIn(shell, files), counts: tables.map(countsOf) };
}

/** A command that is killed, and how it ends when it is left alone. */
interface Killing {
  readonly args: readonly string[];
  readonly random: Random;
  readonly exit: number;
  readonly round: number;
}

/** Runs the command again and again, each time with a fault, until it comes to its end; what it says then. */
async function untilOver(
  shell: RunShell,
  { args, random, exit, round }: Killing,
): Promise<{ readonly kills: number; readonly report: RunReport }> {
  for (let kills = 0; ; kills += 1) {
    const fault = faultOf(random);
    const seen = `UPSURGE_TEST_TORTURE_SEED=${round}, at ${fault}`;
    const env = { UPSURGE_FAULT: fault };
    const ended = await launch({ args, cwd: shell.folder, env, preload: [AT_FAIL_POINT] }).ended;
    expectWatched(shell, ended, `${seen}\n${ended.stderr}`);
    if (ended.signal === null && ended.exit !== 130) {
      expect(ended.exit, `${seen}\n${ended.stderr}`).toBe(exit);
      return { kills, report: JSON.parse(ended.stdout) as RunReport };
    }
  }
}

describe.each(ENGINES.filter(({ name }) => name !== "sqlserver"))("$title", (engine) => {
  const database = useDatabase(engine);
  const most = timesOf("kills of any run");
  test(`${most} times killed, a run ends as one that was left alone`, { timeout: 0 }, async () => {
    let killed = 0;
    for (let round = seed; killed < most; round += 1) {
      const random = new Random(round);
      const files = workload(random);
      const alone = new RunShell(database);
      await alone.start(...TABLES);
      alone.write(files);
      const one = await alone.run("seed.json");
      expect(one.exit, `UPSURGE_TEST_TORTURE_SEED=${round}\n${one.output}`).toBeOneOf([0, 3]);
      const expected = await outcome(alone, files, one.report.tables);

      const shell = new RunShell(database);
      await shell.start(...TABLES);
      shell.write(files);
      const sizes = [
        "--commit",
        String(random.int(1, 9)),
        "--batch-rows",
        String(random.int(1, 9)),
      ];
      const args = ["run", "seed.json", "--to", database.url, "--json", "-q", ...WATCHED, ...sizes];
      const { kills, report } = await untilOver(shell, { args, random, exit: one.exit, round });
      expect(
        await outcome(shell, files, report.tables),
        `UPSURGE_TEST_TORTURE_SEED=${round}`,
      ).toEqual(expected);
      killed += kills;
    }
  });
});
