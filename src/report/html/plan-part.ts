/** How a load was done: its plan with the statements, where it ran, and what holds whatever happens. */
import { formatCount } from "../../errors/format.ts";
import type { RunReport } from "../run-report.ts";
import { html, lines, NOTHING } from "./markup.ts";
import type { Content, Html, Room } from "./markup.ts";
import { isRun, nameOf, readBefore, tablesOf } from "./any-report.ts";
import type { AnyReport, TablePart } from "./any-report.ts";
import { facts, leftOut, list, moment, section } from "./parts.ts";

/** So many characters of one plan, and of one statement, are shown. */
const TEXT = 12_000;
const STATEMENT = 4000;

/** The plans, each with its statements; nothing of a report that has none. */
export function planSection(tables: readonly TablePart[], room: Room): Html {
  const planned = tables.filter(({ plan }) => plan !== undefined);
  const { taken, left } = room.take(planned, (part) =>
    planPart(part, nameOf(part, tables), tables.length === 1),
  );
  return section("Plan", [...taken, leftOut(left, "plan")]);
}

/** So many statements of one plan are shown. */
const STATEMENTS = 40;

/** A plan with more lines is for those who look it up. */
const OPEN_LINES = 60;

function planPart({ plan, steps = [] }: TablePart, name: string, isOnly: boolean): Html {
  const text = (plan?.text ?? "").trimEnd();
  const ran = steps.map(({ step, sql }) => `-- ${step}\n${sql}`);
  const all = [...ran, ...(plan?.statements ?? [])];
  const shown = all
    .slice(0, STATEMENTS)
    .map((sql) => html`<pre>${lines(sql.trim(), STATEMENT)}</pre>`);
  const isOpen = isOnly && text.split("\n").length <= OPEN_LINES;
  return html`<details${isOpen ? html` open` : NOTHING}><summary>${name}</summary><pre>${lines(text, TEXT)}</pre><h3>Statements</h3>${shown}${leftOut(all.length - shown.length, "statement")}</details>`;
}

const GUARANTEES: Readonly<Record<RunReport["guarantee"], string>> = {
  "all-or-nothing": "all or nothing: where it stops, nothing is left behind",
  "exactly-once": "exactly once: where it stops, the same command goes on from there",
  "at-least-once":
    "at least once: what is committed stays, and is applied again when the load is run again",
  "load-by-load": "load by load: each load is kept whole, or nothing of it",
};

/** The section. */
export function surroundingsSection(report: AnyReport): Html {
  const { target, guarantee, runId, startedAt, endedAt, version, environment, exit } = report;
  const servers = [...new Set(tablesOf(report).map(({ plan }) => plan?.server ?? ""))];
  const server = servers.filter((each) => each !== "").join("; ");
  const before = readBefore(report);
  const pairs: (readonly [string, Content])[] = [
    ["Guarantee", GUARANTEES[guarantee]],
    ...jobFacts(report),
    ...(before === 0 ? [] : [["Records of earlier runs", formatCount(before)] as const]),
    ["Target", [target, server].filter((each) => each !== null && each !== "").join(", ")],
    ...methodFacts(report),
    ["Began", moment(startedAt)],
    ["Ended", moment(endedAt)],
    ["Exit code", String(exit)],
    ["Run", html`<code>${runId}</code>`],
    ["upsurge", version],
    ...(environment === undefined
      ? []
      : [["Node.js", `${environment.node} on ${environment.platform}`] as const]),
  ];
  return section("Guarantee and environment", [facts(pairs.filter(([, value]) => value !== ""))]);
}

/** So many jobs of a run are named. */
const JOBS = 40;

function jobFacts(report: AnyReport): (readonly [string, Content])[] {
  if (isRun(report)) {
    const names = report.tables.flatMap(({ job }) => (job === undefined ? [] : [job.name]));
    return names.length === 0 ? [] : [["Jobs", list(names, JOBS)]];
  }
  if (report.job === null) return [];
  const { name, alreadyLoadedAt } = report.job;
  return [
    ["Job", name],
    ...(alreadyLoadedAt === null ? [] : [["Finished before, at", alreadyLoadedAt] as const]),
  ];
}

function methodFacts(report: AnyReport): (readonly [string, Content])[] {
  if (isRun(report) || report.strategy === null) return [];
  const { strategy, rowSource, key } = report;
  return [
    ["Strategy", strategy],
    ["Row source", rowSource ?? ""],
    ["Key", key === null ? "" : key.columns.join(", ")],
  ];
}
