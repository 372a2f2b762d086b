/** The rows by which tables differ from what the load would make of them (`--diff`). */
import type { ColumnDifference, RowDifference } from "../../model/differences.ts";
import { differenceHeadline, moreLines } from "../render/render-differences.ts";
import { html, NOTHING } from "./markup.ts";
import type { Html, Room } from "./markup.ts";
import { comparedTables, nameOf } from "./any-report.ts";
import type { AnyReport } from "./any-report.ts";
import { row, section, table } from "./parts.ts";
import type { TableColumn } from "./parts.ts";

const COLUMNS: readonly TableColumn[] = [
  { title: "row" },
  { title: "difference", kind: "short" },
  { title: "columns", kind: "text" },
];

/** So many rows of a table are shown. */
const ROWS = 200;

/** The section; nothing where no table was compared. */
export function differenceSection(report: AnyReport, room: Room): Html {
  const tables = comparedTables(report);
  return section(
    "Differences",
    tables.flatMap((part) => {
      const headline = differenceHeadline(part);
      if (headline === null) return [];
      const { taken } = room.take((part.differences ?? []).slice(0, ROWS), differenceRow);
      if (taken.length === 0 && (part.differences ?? []).length > 0) return [];
      const more = moreLines(part, taken.length).map((text) => html`<p class="soft">${text}</p>`);
      const rows = table(`Rows of ${nameOf(part, tables)} that differ`, COLUMNS, taken);
      const heading = tables.length === 1 ? html`<p>${headline}</p>` : html`<h3>${headline}</h3>`;
      return [heading, rows, ...more];
    }),
  );
}

const WORDS = {
  inserted: "inserted",
  updated: "updated",
  removed: "removed",
  extra: "no record has it",
} as const;

function differenceRow({ kind, key, columns }: RowDifference): Html {
  const keys = Object.entries(key).map(
    ([name, value], at) =>
      html`${at === 0 ? "" : ", "}<bdi>${name}</bdi> = <bdi>${value ?? "(hidden)"}</bdi>`,
  );
  const values = Object.entries(columns).map(([name, value]) => columnText(name, value));
  const cells =
    values.length === 0
      ? NOTHING
      : html`<ul class="flow">
          ${values}
        </ul>`;
  return row(COLUMNS, [keys, WORDS[kind], cells]);
}

function columnText(name: string, { hidden, old, new: now }: ColumnDifference): Html {
  const label = html`<span class="soft"><bdi>${name}</bdi>:</span>`;
  if (hidden === true) return html`<li>${label} <span class="soft">(hidden)</span></li>`;
  const before = old === undefined ? NOTHING : html`<del class="old">${valueText(old)}</del>`;
  const after = now === undefined ? NOTHING : html`<ins class="new">${valueText(now)}</ins>`;
  const arrow = old === undefined || now === undefined ? "" : " → ";
  return html`<li>${label} ${before}${arrow}${after}</li>`;
}

/** So many characters of a value are shown. */
const SHOWN = 120;

function valueText(value: string | null): string | Html {
  if (value === null) return html`<code>NULL</code>`;
  if (value === "") return html`<code>''</code>`;
  return value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value;
}
