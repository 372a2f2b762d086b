/** The rows by which a table differs from what a load would make of it (`--diff`), as lines of text. */
import { formatCount } from "../../errors/format.ts";
import { visibleLine } from "../../errors/visible.ts";
import type { ColumnDifference, RowDifference } from "../../model/differences.ts";
import type { Report } from "../report.ts";

/** What has differences: the report of a load, or that of one load of a run. */
export type Compared = Pick<
  Report,
  "table" | "differencesTotal" | "differences" | "differencesCut"
>;

/** What was compared of a load: its own table, and those of the levels in its records. */
export function comparedIn(load: Compared, levels: readonly Compared[] = []): readonly Compared[] {
  return [load, ...levels].filter(({ differencesTotal }) => differencesTotal !== undefined);
}

/** Their place in the JSON of a report; none where the table was not compared. */
export function differencesJson({
  differencesTotal,
  differences,
  differencesCut,
}: Compared): Pick<Report, "differencesTotal" | "differences" | "differencesCut"> {
  if (differencesTotal === undefined || differences === undefined) return {};
  const cut = differencesCut === undefined ? {} : { differencesCut };
  return { differencesTotal, differences, ...cut };
}

const SIGNS = { inserted: "+", updated: "~", removed: "-", extra: "?" } as const;

/** A line that says how many rows differ, and a line for each that is told. */
export function differenceLines(report: Compared): string[] {
  const headline = differenceHeadline(report);
  if (headline === null) return [];
  const told = report.differences ?? [];
  return [
    headline,
    ...told.map(differenceLine),
    ...moreLines(report, told.length).map((line) => `  ${line}`),
  ];
}

/** `~ id=1  name: Ann → Anna` */
function differenceLine(row: RowDifference): string {
  const [sign, key, values] = differenceCells(row);
  return `  ${sign} ${key}${values === "" ? "" : `  ${values}`}`;
}

/** `differences in t: 1 inserted, 2 updated, 0 removed; 3 rows that no record has`; `null` where nothing was compared. */
export function differenceHeadline({ table, differencesTotal: total }: Compared): string | null {
  if (total === undefined) return null;
  const { inserted, updated, removed, extra } = total;
  const found = [
    [inserted, "inserted"],
    [updated, "updated"],
    [removed, "removed"],
  ] as const;
  const named = found
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${formatCount(count)} ${name}`);
  const differ = named.length === 0 ? "none" : named.join(", ");
  const rows = extra === 1 ? "row that no record has stays" : "rows that no record has stay";
  const others = (extra ?? 0) === 0 ? "" : `; ${formatCount(extra ?? 0)} ${rows}`;
  return `differences in ${table ?? "the table"}: ${differ}${others}`;
}

/** Those that are not told, and how to see them. */
export function moreLines(
  { differencesTotal: total, differences = [], differencesCut }: Compared,
  told: number,
): string[] {
  if (total === undefined) return [];
  const all = total.inserted + total.updated + total.removed + (total.extra ?? 0);
  if (all <= told) return [];
  const isCut = differencesCut === true;
  const how = all === differences.length ? "the report has them" : "--diff all prints all of them";
  return [`and ${formatCount(all - told)} more${isCut ? ", too many to be told" : `; ${how}`}`];
}

/** A row that differs: its sign, its key, and what of it is told. */
export function differenceCells({ kind, key, columns }: RowDifference): [string, string, string] {
  const values = Object.entries(columns).map(([name, value]) => columnText(name, value));
  const keys = Object.entries(key).map(([name, value]) => {
    // A key is never NULL.
    return `${shownName(name)}=${value === null ? HIDDEN : valueText(value)}`;
  });
  return [SIGNS[kind], keys.join(" "), values.join(", ")];
}

const HIDDEN = "(hidden)";

function columnText(name: string, value: ColumnDifference): string {
  const shown = shownName(name);
  if (value.hidden === true) return `${shown}: ${HIDDEN}`;
  if (value.old === undefined) return `${shown}: ${valueText(value.new ?? null)}`;
  if (value.new === undefined) return `${shown}: ${valueText(value.old)}`;
  return `${shown}: ${valueText(value.old)} → ${valueText(value.new)}`;
}

/** So many characters of a value are shown. */
const SHOWN = 60;

/** Words that need no quotes: nothing in them could be taken for something else on the line. */
const PLAIN = /^[\p{L}\p{N}_.+@/#%$-][\p{L}\p{N}_.+@/:#%$-]*(?<!:)$/u;

function valueText(value: string | null): string {
  if (value === null) return "NULL";
  const points = Array.from(value.slice(0, 2 * SHOWN + 2));
  const cut = points.length > SHOWN ? `${points.slice(0, SHOWN).join("")}…` : value;
  const isPlain = cut !== "NULL" && PLAIN.test(cut.replace(/…$/, ""));
  return isPlain ? cut : visibleLine(JSON.stringify(cut));
}

function shownName(name: string): string {
  return /^[\p{L}\p{N}_.-]+$/u.test(name) ? name : JSON.stringify(name);
}
