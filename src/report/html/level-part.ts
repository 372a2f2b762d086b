/** What the rows in records have come to: the counts of each level, beside those of the records themselves. */
import { COUNT_NAMES } from "../../model/counts.ts";
import type { ReportedTable } from "../report.ts";
import { isRun } from "./any-report.ts";
import type { AnyReport } from "./any-report.ts";
import type { Html, Room } from "./markup.ts";
import { count, leftOut, row, section, table } from "./parts.ts";
import type { TableColumn } from "./parts.ts";

/** The section; nothing where records hold no others. */
export function levelSection(report: AnyReport, room: Room): Html {
  const levels = levelsOf(report);
  const names = COUNT_NAMES.filter(
    (name) =>
      ["read", "inserted", "updated", "unchanged", "rejected"].includes(name) ||
      levels.some(({ counts }) => counts[name] > 0),
  );
  const columns: TableColumn[] = [
    { title: "level" },
    { title: "table" },
    { title: "mode", kind: "short" },
    ...names.map((name) => ({ title: name, kind: "number" as const })),
    { title: "dropped", kind: "number" },
  ];
  const { taken, left } = room.take(levels, (level) =>
    row(columns, [
      level.member ?? "",
      level.table,
      level.mode,
      ...names.map((name) => count(level.counts[name])),
      count(droppedOf(level)),
    ]),
  );
  return section("Rows in the records", [
    table("Counts of each level", columns, taken),
    leftOut(left, "level"),
  ]);
}

/** The levels, those in others behind them. */
function levelsOf(report: AnyReport): readonly ReportedTable[] {
  const tables = isRun(report)
    ? report.tables.flatMap(({ nested = [] }) => nested)
    : (report.tables ?? []);
  return tables.filter(({ member }) => member !== undefined);
}

/** Rows of records that were rejected for another row. */
function droppedOf({ counts }: ReportedTable): number {
  return "dropped" in counts ? counts.dropped : 0;
}
