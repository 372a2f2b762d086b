/** The checker: holds everything that a finished load has left against what it must have left, and answers with all that is wrong. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestDatabase } from "../../helpers/engines.ts";
import { compareAudit, compareTable } from "./compare.ts";
import type { Expected } from "./expected.ts";
import type { Ended } from "./launch.ts";
import type { TargetName } from "./workload.ts";

/** Where a workload is loaded. */
export interface Place {
  readonly target: TargetName;
  readonly database: TestDatabase;
  /** Of the sources and the reject files. */
  readonly folder: string;
}

/** The name of the job of every tortured load. */
export const JOB = "torture";

/** The reject file of every tortured load. */
export const REJECTS = "rejects.out";

/** So long a server may take to notice that a client is gone. */
const LINGER_MS = 60_000;

/** What is wrong after the run `last`, which has said that it is the last; empty: nothing. */
export async function check(place: Place, expected: Expected, last: Ended): Promise<string[]> {
  return [
    ...checkEnd(expected, last),
    ...(await leftBehind(place)),
    ...(await checkDatabase(place, expected)),
    ...checkRejects(place, expected),
  ];
}

function checkEnd({ counts }: Expected, { exit, stdout, stderr }: Ended): string[] {
  const wanted = (counts["rejected"] ?? 0) > 0 ? 3 : 0;
  const wrong = exit === wanted ? [] : [`exit: ${exit} instead of ${wanted}: ${stderr.trim()}`];
  const report = parseReport(stdout);
  if (report === null) return [...wrong, `report: none on stdout: ${JSON.stringify(stdout)}`];
  if (report.exit !== exit) wrong.push(`report: says exit ${report.exit}, and it was ${exit}`);
  const status = wanted === 3 ? "rejects" : "ok";
  if (report.status !== status) wrong.push(`report: status ${report.status} instead of ${status}`);
  const none = zero(report.counts);
  // A run that finds the job finished has done nothing, and tells what earlier ones have.
  const isLoaded = (report.job ?? null) !== null && report.job?.alreadyLoadedAt !== null;
  if (isLoaded) wrong.push(...compareCounts(report.counts, none));
  const whole = isLoaded ? (report.job?.earlier ?? none) : report.counts;
  return [...wrong, ...compareCounts(whole, { ...none, ...counts })];
}

type Counted = Readonly<Record<string, number>>;

function compareCounts(found: Counted, expected: Counted): string[] {
  return Object.entries(expected).flatMap(([name, count]) =>
    found[name] === count
      ? []
      : [`counts: ${found[name]} ${name} in the report instead of ${count}`],
  );
}

function zero(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.keys(counts).map((name) => [name, 0]));
}

/** The report of a run. */
export interface RunReport {
  readonly status: string;
  readonly exit: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly job?: {
    readonly alreadyLoadedAt: string | null;
    readonly earlier: Readonly<Record<string, number>>;
  } | null;
  readonly error?: { readonly code: string };
}

/** The report on stdout; `null` when there is none. */
export function parseReport(stdout: string): RunReport | null {
  try {
    return JSON.parse(stdout);
  } catch {
    return null;
  }
}

/** Side files and sessions of runs that have ended. */
async function leftBehind({ target, database }: Place): Promise<string[]> {
  if (target === "sqlite") {
    const path = database.url.slice("sqlite:".length);
    const files = readdirSync(dirname(path)).filter((name) => name !== basename(path));
    return files.map((name) => `left behind: the file ${name}`);
  }
  const sql =
    "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
  const until = performance.now() + LINGER_MS;
  for (;;) {
    const [[count] = []] = await database.rows(sql);
    if (count === "0") return [];
    if (performance.now() > until) return [`left behind: ${count} sessions`];
    await sleep(20);
  }
}

async function checkDatabase(place: Place, expected: Expected): Promise<string[]> {
  const { target, database } = place;
  const table = await database.rows("select k, n, hist, q, note from t order by k");
  const wrong = compareTable(expected.table, table);
  if (expected.audit !== null) {
    const audit = await database.rows("select k, hist from audit order by k, id");
    wrong.push(...compareAudit(expected.audit, audit));
  }
  wrong.push(...checkCheckpoint(await checkpointRows(place), expected));
  if (target === "sqlite") {
    const [[verdict] = []] = await database.rows("pragma integrity_check");
    if (verdict !== "ok") wrong.push(`database: integrity_check says ${verdict}`);
  }
  return wrong;
}

const COUNTED = ["read", "inserted", "updated", "rejected"] as const;

async function checkpointRows({ target, database }: Place): Promise<(string | null)[][]> {
  const there =
    target === "sqlite"
      ? "select count(*) from sqlite_schema where name = 'upsurge_checkpoint'"
      : "select count(*) from pg_class where relname = 'upsurge_checkpoint'";
  if ((await database.rows(there))[0]?.[0] !== "1") return [];
  return await database.rows(
    `select source, part, parts, state, byte_off, total_bytes, prefix_sha256, total_sha256, counts
     from upsurge_checkpoint where job_id = '${JOB}' order by source, part`,
  );
}

/** Parts that are all at the end need not be one: a load that was cut short just before that is done as well. */
function checkCheckpoint(
  rows: readonly (readonly (string | null)[])[],
  { sources, counts }: Expected,
): string[] {
  const wrong: string[] = [];
  const found = new Set(rows.map(([source]) => source)).size;
  if (found !== sources.length) {
    wrong.push(`checkpoint: rows of ${found} sources instead of ${sources.length}`);
  }
  for (const [at, { bytes, sha256 }] of sources.entries()) {
    const parts = rows.filter(([source]) => source === String(at + 1));
    for (const [part, row] of parts.entries()) {
      const place = ["done", bytes, bytes, sha256, sha256];
      const wanted = [at + 1, part, parts.length, ...place].join(" ");
      const is = row.slice(0, 8).join(" ");
      if (is !== wanted) wrong.push(`checkpoint: ${is} instead of ${wanted}`);
    }
  }
  const counted = rows.map((row) => JSON.parse(row[8] ?? "") as Counted);
  for (const name of COUNTED) {
    const sum = counted.reduce((total, each) => total + Number(each[name]), 0);
    const wanted = counts[name] ?? 0;
    if (sum !== wanted) wrong.push(`checkpoint: ${sum} ${name} instead of ${wanted}`);
  }
  return wrong;
}

function checkRejects({ folder }: Place, { rejectFile, rejects }: Expected): string[] {
  const path = join(folder, REJECTS);
  if (rejectFile === null) {
    const left = [path, `${path}.jsonl`].filter((each) => existsSync(each));
    return left.map((each) => `reject: ${basename(each)} is there, and nothing was rejected`);
  }
  if (!existsSync(path)) return ["reject: there is no reject file"];
  const wrong: string[] = [];
  const found = readFileSync(path);
  if (!found.equals(rejectFile)) {
    wrong.push(`reject: the file has ${found.length} bytes and other ones than ${rejectFile.length} that it must have:
${found.toString("latin1").slice(0, 2000)}`);
  }
  const lines = readFileSync(`${path}.jsonl`, "utf8").split("\n").slice(0, -1);
  if (lines.length !== rejects.length) {
    wrong.push(`reject: ${lines.length} lines in the report instead of ${rejects.length}`);
  }
  for (const [at, { record, line, byte, unreadable }] of rejects.entries()) {
    const text = lines[at] ?? "{}";
    const told = JSON.parse(text) as Record<string, unknown>;
    const wanted = JSON.stringify([record, line, byte, unreadable]);
    const seen = [told["record"], told["line"], told["byte"], told["stage"] === "read"];
    if (JSON.stringify(seen) === wanted) continue;
    wrong.push(`reject: line ${at + 1} of the report is ${text} instead of ${wanted}`);
    break;
  }
  return wrong;
}
