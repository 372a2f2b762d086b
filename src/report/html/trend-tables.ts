/** What each table of a run has read in its last nights: a run tells sums, which hide the table that stays away. */
import { formatCount } from "../../errors/format.ts";
import { isRun, nameOf } from "./any-report.ts";
import type { AnyReport } from "./any-report.ts";
import { html, NOTHING } from "./markup.ts";
import type { Html } from "./markup.ts";
import { count, row, table } from "./parts.ts";
import type { TableColumn } from "./parts.ts";

/** So many runs are columns, and so many tables are rows. */
const NIGHTS = 7;
const TABLES = 60;

/** The table of a series; nothing where each report is of one table. `newest`: the newest first. */
export function seriesTables(name: string, newest: readonly AnyReport[]): Html {
  const runs = newest.filter(isRun).slice(0, NIGHTS);
  const nights = runs.map(({ startedAt, tables }) => ({
    title: startedAt.slice(5, 16).replace("T", " "),
    cells: new Map(tables.map((each) => [nameOf(each, tables), each.counts])),
  }));
  const names = [...new Set(nights.flatMap(({ cells }) => [...cells.keys()]))].slice(0, TABLES);
  if (names.length < 2) return NOTHING;
  const columns: readonly TableColumn[] = [
    { title: "records read" },
    ...nights.map(({ title }) => ({ title, kind: "number" as const })),
  ];
  const rows = names.map((each) =>
    row(columns, [
      each,
      ...nights.map(({ cells }) => {
        const { read = 0, rejected = 0 } = cells.get(each) ?? {};
        const bad = html`<div class="unwanted">${formatCount(rejected)} rejected</div>`;
        return html`${count(read)}${rejected === 0 ? NOTHING : bad}`;
      }),
    ]),
  );
  return html`<h3>Table by table</h3>
    ${table(`${name}, table by table`, columns, rows)}`;
}
