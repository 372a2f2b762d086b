/**
 * Reads reports back from their JSON, for pages. Reports of other versions may lack fields, or have others: what is not as it should be
 * is left out, so that a page can be made of whatever is told.
 */
import { countsFrom } from "../model/counts.ts";
import type { Counts } from "../model/counts.ts";
import { DIFFERENCE_KINDS } from "../model/differences.ts";
import type { RowDifference } from "../model/differences.ts";
import { ROW_CODES } from "../errors/row-codes.ts";
import type { RejectsOfCode, RejectsOfColumn } from "../model/reject.ts";
import { KEY_ORIGINS } from "../model/load-plan.ts";
import { LOAD_PHASES } from "../model/report/progress.ts";
import { asFields } from "./fields.ts";
import type { JsonFields } from "./fields.ts";
import { GUARANTEES, STATUSES } from "./report.ts";
import type {
  Report,
  ReportedError,
  ReportedJob,
  ReportedPlan,
  ReportedTable,
  Status,
} from "./report.ts";
import { RUN_GUARANTEES } from "./run-report.ts";
import type { ReportedLoad, RunReport } from "./run-report.ts";

/** The report that a value of JSON is; `null` where it is none. */
export function readReport(value: unknown): Report | RunReport | null {
  const fields = asFields(value);
  const status = fields?.choice("status", STATUSES) ?? null;
  if (fields === null || status === null) return null;
  if (fields.record("counts") === null || !isMoment(fields.text("startedAt"))) return null;
  const common = { ...facts(fields), status };
  // A load of nested records has tables as well.
  const tables = fields.names.includes("failedLoad") ? fields.list("tables") : null;
  return tables === null ? loadOf(fields, common) : runOf(fields, tables, common);
}

function isMoment(text: string | null): boolean {
  return text !== null && /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text));
}

/** What loads and runs have alike. */
type Facts = Omit<ReturnType<typeof facts>, "status"> & { readonly status: Status };

function facts(fields: JsonFields) {
  const error = fields.record("error");
  const environment = fields.record("environment");
  const startedAt = fields.text("startedAt") ?? "";
  return {
    exit: fields.number("exit"),
    runId: fields.text("runId") ?? "",
    target: fields.text("target"),
    counts: countsOf(fields),
    dryRun: fields.isTrue("dryRun"),
    startedAt,
    endedAt: fields.text("endedAt") ?? startedAt,
    seconds: fields.number("seconds"),
    rowsPerSecond: fields.number("rowsPerSecond"),
    bytes: fields.number("bytes"),
    version: fields.text("version") ?? "",
    ...(error === null ? {} : { error: errorOf(error) }),
    ...(environment === null
      ? {}
      : {
          environment: {
            node: environment.text("node") ?? "",
            platform: environment.text("platform") ?? "",
          },
        }),
    ...courseOf(fields),
  };
}

function courseOf(fields: JsonFields): Pick<Report, "phases" | "timeline"> {
  return {
    phases: fields.records("phases").flatMap((each) => {
      const phase = each.choice("phase", LOAD_PHASES);
      return phase === null ? [] : [{ phase, seconds: each.number("seconds") }];
    }),
    timeline: fields.records("timeline").map((each) => ({
      seconds: each.number("seconds"),
      records: each.number("records"),
      rejected: each.number("rejected"),
    })),
  };
}

function countsOf(fields: JsonFields): Counts {
  const counts = fields.record("counts");
  return countsFrom((name) => counts?.number(name) ?? 0);
}

function errorOf(fields: JsonFields): ReportedError {
  return {
    code: fields.text("code") ?? "",
    message: fields.text("message") ?? "",
    cause: fields.text("cause") ?? "",
    fix: fields.text("fix") ?? "",
    where: fields.text("where"),
  };
}

function loadOf(fields: JsonFields, common: Facts): Report {
  const job = fields.record("job");
  const tables = nestedOf(fields, "tables");
  return {
    ...common,
    ...tableOf(fields),
    ...(tables === null ? {} : { tables }),
    guarantee: fields.choice("guarantee", GUARANTEES) ?? "all-or-nothing",
    ddl: fields.texts("ddl"),
    job: job === null ? null : jobOf(job),
  };
}

function runOf(fields: JsonFields, tables: readonly unknown[], common: Facts): RunReport {
  return {
    ...common,
    guarantee: fields.choice("guarantee", RUN_GUARANTEES) ?? "all-or-nothing",
    failedLoad: fields.text("failedLoad"),
    leftOut: fields.records("leftOut").map((each) => ({
      path: each.text("path") ?? "",
      reason: each.text("reason") ?? "",
    })),
    tables: tables.flatMap((table) => {
      const of = asFields(table);
      return of === null ? [] : [reportedLoadOf(of)];
    }),
  };
}

function reportedLoadOf(fields: JsonFields): ReportedLoad {
  const job = fields.record("job");
  const nested = nestedOf(fields, "nested");
  return {
    ...tableOf(fields),
    ...(nested === null ? {} : { nested }),
    load: fields.text("load") ?? "",
    kept: fields.isTrue("kept"),
    level: 0,
    ...(job === null ? {} : { job: jobOf(job) }),
  };
}

/** The tables of nested records; `null` where records hold no others. */
function nestedOf(fields: JsonFields, name: "tables" | "nested"): ReportedTable[] | null {
  const tables = fields.records(name).map((each): ReportedTable => {
    const member = each.text("member");
    const dropped = each.record("counts")?.number("dropped") ?? 0;
    return {
      load: each.text("load") ?? "",
      level: each.number("level"),
      ...(member === null ? {} : { member }),
      table: each.text("table") ?? "",
      mode: each.text("mode") ?? "",
      counts: member === null ? countsOf(each) : { ...countsOf(each), dropped },
      ...differencesOf(each),
    };
  });
  return tables.length === 0 ? null : tables;
}

function jobOf(fields: JsonFields): ReportedJob {
  return {
    name: fields.text("name") ?? "",
    resumedAt: fields.number("resumedAt"),
    alreadyLoadedAt: fields.text("alreadyLoadedAt"),
    skipped: fields.isTrue("skipped"),
    earlier: countsFrom((name) => fields.record("earlier")?.number(name) ?? 0),
  };
}

function tableOf(fields: JsonFields): Omit<ReportedLoad, "load" | "kept" | "level" | "job"> {
  const key = fields.record("key");
  const plan = fields.record("plan");
  const byColumn = fields.records("rejectsByColumn").flatMap(rejectsOfColumn);
  const deletes = fields.record("deletes");
  return {
    table: fields.text("table"),
    mode: fields.text("mode"),
    key:
      key === null
        ? null
        : { columns: key.texts("columns"), origin: key.choice("origin", KEY_ORIGINS) ?? "named" },
    strategy: fields.text("strategy"),
    rowSource: fields.text("rowSource"),
    counts: countsOf(fields),
    sources: fields.records("sources").map((each) => ({
      name: each.text("name") ?? "",
      read: each.number("read"),
      rejected: each.number("rejected"),
    })),
    steps: fields
      .records("steps")
      .map((each) => ({ step: each.text("step") ?? "", sql: each.text("sql") ?? "" })),
    rejects: fields.records("rejects").flatMap(rejectsOfCode),
    ...(byColumn.length === 0 ? {} : { rejectsByColumn: byColumn }),
    rejectFile: fields.text("rejectFile"),
    rejectReport: fields.text("rejectReport"),
    warnings: fields.texts("warnings"),
    firstRejects: [],
    ...differencesOf(fields),
    ...(deletes === null ? {} : { deletes: deletesOf(deletes) }),
    ...(plan === null ? {} : { plan: planOf(plan) }),
  };
}

function planOf(fields: JsonFields): ReportedPlan {
  return {
    server: fields.text("server") ?? "",
    text: fields.text("text") ?? "",
    statements: fields.texts("statements"),
  };
}

function deletesOf(fields: JsonFields): NonNullable<Report["deletes"]> {
  return {
    scope: fields.number("scope"),
    missing: fields.value("missing") === null ? null : fields.number("missing"),
    kept: fields.number("kept"),
    marked: fields.isTrue("marked"),
    live: fields.number("live"),
    along: [],
  };
}

const CODES = Object.keys(ROW_CODES) as readonly (keyof typeof ROW_CODES)[];

function placesOf(fields: JsonFields): RejectsOfCode["first"] {
  return fields.records("first").map((each) => {
    const [from, to] = each.list("line") ?? [];
    const first = typeof from === "number" ? from : 0;
    return {
      source: each.text("source") ?? "",
      record: each.number("record"),
      line: [first, typeof to === "number" ? to : first] as const,
      column: each.text("column"),
      message: each.text("message") ?? "",
    };
  });
}

function rejectsOfCode(fields: JsonFields): RejectsOfCode[] {
  const code = fields.choice("code", CODES);
  if (code === null) return [];
  const [count, fix] = [fields.number("count"), fields.text("fix") ?? ""];
  return [{ code, count, fix, first: placesOf(fields) }];
}

function rejectsOfColumn(fields: JsonFields): RejectsOfColumn[] {
  const code = fields.choice("code", CODES);
  if (code === null) return [];
  const [count, column] = [fields.number("count"), fields.text("column")];
  return [{ code, column, count, first: placesOf(fields) }];
}

function differencesOf(
  fields: JsonFields,
): Pick<Report, "differencesTotal" | "differences" | "differencesCut"> {
  const total = fields.record("differencesTotal");
  if (total === null) return {};
  const [inserted, updated] = [total.number("inserted"), total.number("updated")];
  const extra = typeof total.value("extra") === "number" ? total.number("extra") : null;
  const differences = fields.records("differences").flatMap(differenceOf);
  const cut = fields.isTrue("differencesCut") ? { differencesCut: true as const } : {};
  const differencesTotal = { inserted, updated, removed: total.number("removed"), extra };
  return { differencesTotal, differences, ...cut };
}

function differenceOf(fields: JsonFields): RowDifference[] {
  const kind = fields.choice("kind", DIFFERENCE_KINDS);
  if (kind === null) return [];
  const [key, columns] = [fields.record("key"), fields.record("columns")];
  const names = columns?.names ?? [];
  return [
    {
      kind,
      key: Object.fromEntries((key?.names ?? []).map((name) => [name, key?.text(name) ?? null])),
      columns: Object.fromEntries(
        names.map((name) => {
          const side = columns?.record(name) ?? null;
          if (side?.isTrue("hidden") === true) return [name, { hidden: true as const }];
          const old = side?.names.includes("old") === true ? { old: side.text("old") } : {};
          const now = side?.names.includes("new") === true ? { new: side.text("new") } : {};
          return [name, { ...old, ...now }];
        }),
      ),
    },
  ];
}
