/** What each table's load has come to: its verdict and its counts. */
import { changesIn, COUNT_NAMES } from "../../model/counts.ts";
import type { ReportedLoad, RunReport } from "../run-report.ts";
import { isRun, nameOf, tablesOf } from "./any-report.ts";
import type { AnyReport, TablePart } from "./any-report.ts";
import { html, NOTHING } from "./markup.ts";
import type { Html, Room } from "./markup.ts";
import { count, leftOut, row, section, table } from "./parts.ts";
import type { TableColumn } from "./parts.ts";
import { pill, verdict } from "./verdict.ts";

/** The section. */
export function countSection(report: AnyReport, room: Room): Html {
  const tables = tablesOf(report);
  const names = COUNT_NAMES.filter(
    (name) =>
      ["read", "inserted", "updated", "unchanged", "rejected"].includes(name) ||
      tables.some(({ counts }) => counts[name] > 0),
  );
  const columns: TableColumn[] = [
    { title: "table" },
    { title: "verdict", kind: "short" },
    { title: "mode", kind: "short" },
    ...names.map((name) => ({ title: name, kind: "number" as const })),
  ];
  const rowOf = (part: TablePart, ended: Html): Html =>
    row(columns, [
      nameOf(part, tables),
      ended,
      part.mode ?? "",
      ...names.map((name) => count(part.counts[name])),
    ]);
  const { taken, left } = isRun(report)
    ? room.take(report.tables, (load) => rowOf(load, verdictOf(load, report)))
    : room.take(tables, (part) => rowOf(part, verdict({ ...report, dryRun: false })));
  return section("Counts", [
    table("Counts of each table", columns, taken),
    leftOut(left, "table"),
    tables.length < 2 ? NOTHING : removedPart(tables),
  ]);
}

/** How one load of a run ended. */
function verdictOf(load: ReportedLoad, { status, failedLoad }: RunReport): Html {
  const isStopped = status === "failed" || status === "interrupted";
  if (isStopped && failedLoad === load.load) return verdict({ status, dryRun: false });
  if (isStopped && !load.kept) return pill("Not kept", "warn");
  if (status === "skipped") return verdict({ status, dryRun: false });
  const isChanged = status === "changes" && changesIn(load.counts) > 0;
  const own = load.counts.rejected > 0 ? "rejects" : isChanged ? "changes" : "ok";
  return verdict({ status: own, dryRun: false });
}

function removedPart(tables: readonly TablePart[]): Html {
  const withheld = tables.filter(({ deletes }) => deletes?.missing === null);
  const names = withheld.map(({ table: name }) => name ?? "").join(", ");
  return withheld.length === 0
    ? NOTHING
    : html`<p>Rows that no record has were left alone, since a record was rejected: ${names}.</p>`;
}
