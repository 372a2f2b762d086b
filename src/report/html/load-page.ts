/** The page of one load or run: its verdict first, then what it has counted, how it went, and how it was done. */
import { formatBytes, formatCount, formatSeconds } from "../../errors/format.ts";
import { COUNT_NAMES } from "../../model/counts.ts";
import { headline } from "../render/render-report.ts";
import { headline as runHeadline } from "../render/render-run.ts";
import { isRun, subject, tablesOf } from "./any-report.ts";
import type { AnyReport, TablePart } from "./any-report.ts";
import { countSection } from "./count-part.ts";
import { courseSections } from "./course-part.ts";
import { differenceSection } from "./differences-part.ts";
import { levelSection } from "./level-part.ts";
import { html, lines, NOTHING, Room } from "./markup.ts";
import type { Html } from "./markup.ts";
import { count, facts, leftOut, list, moment, page, row, section, table, tiles } from "./parts.ts";
import type { TableColumn } from "./parts.ts";
import { planSection, surroundingsSection } from "./plan-part.ts";
import { rejectSection } from "./reject-part.ts";
import { verdict } from "./verdict.ts";

/** Characters of markup that the long parts may come to, all together. */
const ROOM = 200_000;

/** The page. */
export function renderHtml(report: AnyReport): string {
  const room = new Room(ROOM);
  const tables = tablesOf(report);
  const what = report.dryRun ? "Dry run on" : isRun(report) ? "Run into" : "Load into";
  const title = `${what} ${subject(report)}`;
  const body = [
    html`<header>
      ${verdict(report)}
      <h1>${title}</h1>
      <p>${sentence(report)}</p>
      <p class="soft">
        Began ${moment(report.startedAt)}, ended ${formatSeconds(report.seconds)} later.
      </p>
    </header>`,
    errorPart(report),
    figures(report),
    countSection(report, room),
    levelSection(report, room),
    ...courseSections(report),
    rejectSection(tables, room),
    differenceSection(report, room),
    notesSection(report, room),
    sourceSection(tables, room),
    planSection(tables, room),
    surroundingsSection(report),
  ];
  return page(`${title}: ${report.status}`, body, report.version);
}

/** The first line of the summary, as a sentence. */
function sentence(report: AnyReport): string {
  const text = isRun(report) ? runHeadline(report) : headline(report, true);
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/:$/, "")}.`;
}

function errorPart({ error }: AnyReport): Html {
  if (error === undefined) return NOTHING;
  const { code, message, cause, fix, where } = error;
  return html`<section class="error">
    <h2>${message} <code>${code}</code></h2>
    ${facts([
      ["Cause", lines(cause, 4000)],
      ["Fix", lines(fix, 4000)],
      ...(where === null ? [] : [["Where", where] as const]),
    ])}
  </section>`;
}

function figures({ counts, seconds, rowsPerSecond, bytes }: AnyReport): Html {
  const named = COUNT_NAMES.filter((name) => name === "read" || counts[name] > 0);
  return tiles([
    ...named.map((name) => [name, formatCount(counts[name]), name === "rejected"] as const),
    ["time", formatSeconds(seconds)],
    ["rows a second", formatCount(rowsPerSecond)],
    ["bytes read", formatBytes(bytes)],
  ]);
}

function notesSection(report: AnyReport, room: Room): Html {
  const tables = tablesOf(report);
  const isOne = tables.length === 1;
  const texts = tables.flatMap(({ table: name, warnings, rejectFile, rejectReport }) =>
    [
      ...warnings,
      ...(rejectFile === null ? [] : [`rejected records are in ${rejectFile}`]),
      ...(rejectReport === null ? [] : [`why they were rejected is in ${rejectReport}`]),
    ].map((text) => (isOne ? text : `${name ?? ""}: ${text}`)),
  );
  const others = isRun(report)
    ? report.leftOut.map(({ path, reason }) => `${path} was left out: ${reason}`)
    : [];
  const { taken } = room.take([[...texts, ...others]], (all) => list(all, 60));
  return section("Warnings and notes", taken);
}

const SOURCES: readonly TableColumn[] = [
  { title: "source" },
  { title: "read", kind: "number" },
  { title: "rejected", kind: "number" },
];

function sourceSection(tables: readonly TablePart[], room: Room): Html {
  const all = tables.flatMap(({ sources }) => sources);
  const { taken, left } = room.take(all.slice(0, 200), ({ name, read, rejected }) =>
    row(SOURCES, [name === "-" ? "standard input" : name, count(read), count(rejected)]),
  );
  return section("Sources", [
    table("Records of each source", SOURCES, taken),
    leftOut(left + Math.max(0, all.length - 200), "source"),
  ]);
}
