/** Why records were rejected: by reason and column, with their first places and what to do about them. */
import { formatCount, plural } from "../../errors/format.ts";
import type { RejectsOfCode, RejectsOfColumn } from "../../model/reject.ts";
import { rejectedBefore } from "../report.ts";
import { html, lines, NOTHING } from "./markup.ts";
import type { Html, Room } from "./markup.ts";
import { nameOf } from "./any-report.ts";
import type { TablePart } from "./any-report.ts";
import { count, leftOut, row, section, table } from "./parts.ts";
import type { TableColumn } from "./parts.ts";

const COLUMNS: readonly TableColumn[] = [
  { title: "reason" },
  { title: "column" },
  { title: "rejects", kind: "number" },
  { title: "first places", kind: "text" },
];

/** The section; nothing where nothing was rejected. */
export function rejectSection(tables: readonly TablePart[], room: Room): Html {
  const isOne = tables.length === 1;
  return section(
    "Rejects",
    tables
      .filter((part) => part.rejects.length > 0 || rejectedBefore(part.job) > 0)
      .flatMap((part) => {
        const name = nameOf(part, tables);
        const heading = isOne ? [] : [html`<h3>${name}</h3>`];
        const before = earlierRuns(part);
        if (part.rejects.length === 0) return [...heading, before];
        const rows = byColumn(part).toSorted((a, b) => b.count - a.count);
        const { taken, left } = room.take(rows, reasonRow);
        // Of a table for which there is no room the counts are told.
        if (taken.length === 0) return [];
        const fixes = room.take(part.rejects, fixText);
        return [
          ...heading,
          before,
          table(`Rejects of ${name} by reason and column`, COLUMNS, taken),
          leftOut(left, "reason"),
          html`<h3>What to do</h3>
            <ul>
              ${fixes.taken}
            </ul>`,
        ];
      }),
  );
}

/** Earlier runs of a job have reported their rejects themselves: this one tells how many, and where all of them are. */
function earlierRuns(part: TablePart): Html {
  const rejected = rejectedBefore(part.job);
  if (rejected === 0) return NOTHING;
  const { rejectFile, rejectReport } = part;
  const files = [
    ...(rejectFile === null ? [] : [`in ${rejectFile}`]),
    ...(rejectReport === null ? [] : [`with their reasons in ${rejectReport}`]),
  ];
  const where = files.length === 0 ? "" : `; they are ${files.join(", ")}`;
  return html`<p>Earlier runs of the job rejected ${plural(rejected, "record")}${where}.</p>`;
}

/** An older report tells of reasons only: there the columns are those of the first places. */
function byColumn({ rejects, rejectsByColumn }: TablePart): readonly RejectsOfColumn[] {
  return (
    rejectsByColumn ??
    rejects.map(({ code, count: all, first }) => ({
      code,
      count: all,
      first,
      column: first.every(({ column }) => column === first[0]?.column)
        ? (first[0]?.column ?? null)
        : null,
    }))
  );
}

function reasonRow({ code, column, count: all, first }: RejectsOfColumn): Html {
  const places = first.map(
    ({ source, record, line: [from, to], message }) =>
      html`<li>
        <bdi>${source === "-" ? "standard input" : source}</bdi>, record ${formatCount(record)},
        ${from === to ? `line ${formatCount(from)}` : `lines ${formatCount(from)}–${formatCount(to)}`}:
        ${message}
      </li>`,
  );
  const named = column === null ? html`<span class="soft">(the record)</span>` : column;
  return row(COLUMNS, [
    html`<code>${code}</code>`,
    named,
    count(all),
    html`<ul>
      ${places}
    </ul>`,
  ]);
}

function fixText({ code, fix }: RejectsOfCode): Html {
  return html`<li><code>${code}</code>: ${lines(fix, 1500)}</li>`;
}
