/** The report of a load or a run as test results in the XML of JUnit: a suite for each table, those of levels among them. */
import { formatCount, plural } from "../../errors/format.ts";
import { changesIn } from "../../model/counts.ts";
import type { RejectsOfCode } from "../../model/reject.ts";
import { differenceCells, moreLines } from "./render-differences.ts";
import type { ReportedError, ReportedTable } from "../report.ts";
import type { Watched, WatchedLoad } from "../watched.ts";
import { openTag, xmlText } from "../xml.ts";

/** What of the options decides what is a failure: the same as decides the exit code. */
export interface JunitContext {
  readonly rejectsOk: boolean;
  readonly check: boolean;
}

type Outcome = "passed" | "failure" | "error" | "skipped";

/** One test. */
interface Case {
  readonly name: string;
  readonly outcome: Outcome;
  /** In a line; of one that passed, nothing. */
  readonly message: string;
  readonly type: string;
  readonly body: readonly string[];
}

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

/** The whole file. */
export function renderJunit(watched: Watched, context: JunitContext): string {
  const suites = suitesOf(watched, context);
  const { seconds, startedAt } = watched;
  // Of all suites together the schema has no number of skipped tests.
  const { skipped: _, ...sums } = totals(suites.flatMap(({ cases }) => cases));
  // How long each load of a run took is not told.
  const time = suites.length === 1 ? { time: String(seconds) } : {};
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    openTag("testsuites", { name: "upsurge", ...sums, time: String(seconds) }),
    ...suites.flatMap(({ name, cases }) => [
      `  ${openTag("testsuite", { name, ...totals(cases), ...time, timestamp: startedAt.replace(/\.\d+Z$/, "Z") })}`,
      ...cases.flatMap((each) => caseLines(each, name)),
      "  </testsuite>",
    ]),
    "</testsuites>",
    "",
  ].join("\n");
}

/** What stopped a run outside of its loads has a suite of its own. */
function suitesOf(watched: Watched, context: JunitContext): Suite[] {
  const suites = watched.loads.flatMap((load) => {
    const name = suiteName(load, watched.loads);
    const cases = [
      loadCase(load, watched),
      ...rejectCases(load, context),
      ...differenceCases(load, context),
    ];
    return [{ name, cases: unlike(cases) }, ...levelSuites(name, load, context)];
  });
  const isTold = suites.some(({ cases }) => cases.some(({ outcome }) => outcome === "error"));
  const stopped = stopOf(watched);
  return stopped === null || isTold
    ? suites
    : [...suites, { name: "upsurge", cases: [errorCase(stopped)] }];
}

/** The tables of the levels in the records of a load: a row that was rejected fails as its record does. */
function levelSuites(records: string, load: WatchedLoad, context: JunitContext): Suite[] {
  return load.levels.map((level) => ({
    name: `${records}: ${level.member ?? ""} -> ${level.table}`,
    cases: unlike([
      rowsCase(level, { records, outcome: rejectOutcome(load, context) }),
      ...differenceCases(level, context),
    ]),
  }));
}

function rowsCase(
  { counts }: ReportedTable,
  { records, outcome }: { readonly records: string; readonly outcome: "skipped" | "failure" },
): Case {
  const { read, rejected } = counts;
  const dropped = "dropped" in counts ? counts.dropped : 0;
  if (rejected + dropped === 0) return passed("rows");
  const message = `${plural(read, "row")}: ${formatCount(rejected)} rejected, ${formatCount(dropped)} dropped`;
  const body = [`the rejects of ${records} have their records`];
  return { name: "rows", outcome, message, type: "rows", body };
}

/** Who shows test results takes tests of one suite and name for the same test, and shows one of them. */
function suiteName({ table, load }: WatchedLoad, loads: readonly WatchedLoad[]): string {
  if (table === null) return load;
  return loads.filter((each) => each.table === table).length < 2 ? table : `${table} (${load})`;
}

/** The cases of a suite, each with a name of its own: rows whose keys are hidden would have the same. */
function unlike(cases: readonly Case[]): Case[] {
  const times = new Map<string, number>();
  return cases.map((each) => {
    const time = (times.get(each.name) ?? 0) + 1;
    times.set(each.name, time);
    return time === 1 ? each : { ...each, name: `${each.name} (${time})` };
  });
}

/** That the load came to its end. */
function loadCase({ load }: WatchedLoad, watched: Watched): Case {
  const stopped = stopOf(watched);
  if (stopped === null) return watched.status === "skipped" ? SKIPPED : passed("load");
  if (watched.failedLoad === load) return errorCase(stopped);
  return {
    name: "load",
    outcome: "skipped",
    message: "the run was stopped",
    type: "stopped",
    body: [],
  };
}

const SKIPPED: Case = {
  name: "load",
  outcome: "skipped",
  message: "another run of the job is running",
  type: "skipped",
  body: [],
};

function stopOf({ error, status, exit }: Watched): ReportedError | null {
  if (error !== undefined) return error;
  if (status !== "interrupted") return null;
  const message = "a signal stopped it";
  return {
    code: "interrupted",
    message,
    cause: `exit code ${exit}`,
    fix: "run it again",
    where: null,
  };
}

function errorCase({ code, message, cause, fix, where }: ReportedError): Case {
  const body = [`cause: ${cause}`, `fix: ${fix}`, ...(where === null ? [] : [`where: ${where}`])];
  return { name: "load", outcome: "error", message, type: code, body };
}

function passed(name: string): Case {
  return { name, outcome: "passed", message: "", type: "", body: [] };
}

/** Rows that stay because of rejects make of these a failure all the same. */
function rejectOutcome({ deletes }: WatchedLoad, context: JunitContext): "skipped" | "failure" {
  return context.rejectsOk && deletes?.missing !== null ? "skipped" : "failure";
}

function rejectCases(load: WatchedLoad, context: JunitContext): Case[] {
  const { rejects, rejectFile, rejectedBefore } = load;
  const outcome = rejectOutcome(load, context);
  const all = rejectFile === null ? [] : [`all of them: ${rejectFile}`];
  const cases = rejects.map((of): Case => ({
    name: `rejects: ${of.code}`,
    outcome,
    message: `${plural(of.count, "record")} rejected`,
    type: of.code,
    body: [...rejectLines(of), ...all],
  }));
  if (rejectedBefore > 0) {
    const message = `${plural(rejectedBefore, "record")} rejected by earlier runs of the job`;
    cases.push({ name: "rejects of earlier runs", outcome, message, type: "rejects", body: all });
  }
  return cases.length === 0 ? [passed("rejects")] : cases;
}

function rejectLines({ count, fix, first }: RejectsOfCode): string[] {
  const lines = first.map(({ source, record, line, column, message }) => {
    const name = source === "-" ? "standard input" : source;
    const of = column === null ? "" : `, column ${column}`;
    return `${name}, record ${record}, line ${line[0]}${of}: ${message}`;
  });
  const more = count - first.length;
  return [...lines, ...(more > 0 ? [`and ${formatCount(more)} more`] : []), `fix: ${fix}`];
}

/** What a dry run found to change; only `--check` makes it a failure, and never of a row that no record has. */
function differenceCases(
  load: Pick<
    WatchedLoad,
    "table" | "counts" | "differences" | "differencesTotal" | "differencesCut" | "deletes"
  >,
  { check }: JunitContext,
): Case[] {
  const changes = changesIn(load.counts);
  const fails = check && changes > 0;
  const differing = load.differences ?? [];
  const told = differing.map((row): Case => {
    const [sign, key, values] = differenceCells(row);
    return {
      name: `difference: ${sign} ${key}`,
      outcome: fails && row.kind !== "extra" ? "failure" : "skipped",
      message: row.kind,
      type: row.kind,
      body: values === "" ? [] : [values],
    };
  });
  const more = moreLines(load, differing.length).join(" ");
  if (fails) return [...told, changesCase(changes, more)];
  if (more !== "") return [...told, { ...MORE, message: more }];
  const isAsked = check || load.differencesTotal !== undefined;
  return told.length === 0 && isAsked ? [passed("changes")] : told;
}

const MORE: Case = {
  name: "changes",
  outcome: "skipped",
  message: "",
  type: "differences",
  body: [],
};

/** That there is something to change fails by itself: differences are told only where --diff asks for them. */
function changesCase(changes: number, more: string): Case {
  return {
    name: "changes",
    outcome: "failure",
    message: `${plural(changes, "row")} would change`,
    type: "changes",
    body: more === "" ? [] : [more],
  };
}

function totals(cases: readonly Case[]): Record<string, string> {
  const count = (of: Outcome): string =>
    String(cases.filter(({ outcome }) => outcome === of).length);
  return {
    tests: String(cases.length),
    failures: count("failure"),
    errors: count("error"),
    skipped: count("skipped"),
  };
}

function caseLines({ name, outcome, message, type, body }: Case, suite: string): string[] {
  const tag = openTag("testcase", { name, classname: suite });
  if (outcome === "passed") return [`    ${tag}</testcase>`];
  if (outcome === "skipped") {
    const text = [message, ...body].join("\n");
    return [`    ${tag}`, `      ${openTag("skipped", { message: text })}</skipped>`, CASE_END];
  }
  const found = openTag(outcome, { message, type });
  return [`    ${tag}`, `      ${found}${xmlText(body.join("\n"))}</${outcome}>`, CASE_END];
}

const CASE_END = "    </testcase>";
