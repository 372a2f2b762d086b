/** The flag that helps where the header of a CSV is further down: among its first records there is one with names of columns. */
import { refixed, UpsurgeError } from "../../errors/upsurge-error.ts";
import type { TableShape } from "../../model/table-shape.ts";
import type { Options } from "../../options/options.ts";
import { delimiterFlag, splitsOf } from "../../plan/header-delimiters.ts";
import type { SourceSet } from "../../sources/source-set.ts";

/** So far down a header is looked for. */
const LINES = 50;

/** Errors of headers whose names are no columns. */
const OF_HEADERS: readonly string[] = [
  "PLAN_NO_KNOWN_FIELD",
  "PLAN_UNKNOWN_FIELD",
  "SOURCE_HEADER",
];

/** The error of a plan, with the lines to pass over in its fix. To be called where the records are not read any more. */
export async function withHeaderHint(
  error: unknown,
  sources: SourceSet,
  { shape, options }: { readonly shape: TableShape; readonly options: Options },
): Promise<unknown> {
  const { format } = sources;
  const isCsv = format === "csv" || format === "tsv";
  if (!(error instanceof UpsurgeError) || !OF_HEADERS.includes(error.code)) return error;
  if (!isCsv || options.header === false || options.columns !== null) return error;
  const lines = await linesOf(sources, options);
  const kind = kindOf(String(error.details["fields"] ?? ""), lines);
  const found = headerIn(lines, shape, delimiterOf(format, options));
  if (found === null && kind === null) return error;
  return refixed(error, kind ?? `${found}; or ${error.fix}`);
}

/** The line under the names in a table that a program has drawn for people. */
const RULE = /^[|+├╞]?[ :]*[-─═]{2}[-─═+┼╪|:┤╡ ]*$/u;
/** The names, where there is a line over them too. */
const BOXED = /^[|│].*[|│]$/u;
const DRAWN =
  "export it as CSV, with psql --csv or sqlite3 -csv -header: it is a table as programs draw them for people, with a line under the names";

/** How scripts begin that databases write. */
const SCRIPT =
  /^"?(?:-- (?:PostgreSQL|MySQL|MariaDB|phpMyAdmin)\b.*dump|COPY \S+ \(.* FROM stdin|INSERT INTO \S|CREATE TABLE \S|PRAGMA foreign_keys)/i;
const RUN =
  "run it with the program of its database, such as psql or sqlite3, if it is a script of SQL, as it seems; or export the records as CSV";

/** What a file is that is no CSV, with what to do about it; `header`: its first line, as names of fields. */
function kindOf(header: string, lines: readonly Line[]): string | null {
  const [first = "", second = ""] = lines.map(({ text }) => text);
  if (RULE.test(first) || (BOXED.test(first) && RULE.test(second))) return DRAWN;
  return SCRIPT.test(header) || lines.some(({ text }) => SCRIPT.test(text)) ? RUN : null;
}

interface Line {
  readonly number: number;
  readonly text: string;
}

async function linesOf(sources: SourceSet, { encoding }: Options): Promise<readonly Line[]> {
  const isUtf8 = /^utf-?8$/i.test(encoding);
  const records = await sources.firstRecords(LINES);
  return records.flatMap(({ line, raw }) =>
    line > LINES
      ? []
      : [
          {
            number: line,
            text: Buffer.from(raw)
              .toString(isUtf8 ? "utf8" : "latin1")
              .trim(),
          },
        ],
  );
}

function delimiterOf(format: string, { delimiter }: Options): string {
  return delimiter ?? (format === "tsv" ? "\t" : ",");
}

/** Flags for the first line whose names are columns, two of them at least and half of all. */
function headerIn(lines: readonly Line[], shape: TableShape, delimiter: string): string | null {
  const columns = new Set(shape.columns.map(({ name }) => name.toLowerCase()));
  for (const { number, text } of lines) {
    const split = splitsOf(text).find(({ names }) => {
      const known = new Set(
        names.map((name) => name.toLowerCase()).filter((name) => columns.has(name)),
      );
      return known.size > 1 && 2 * known.size >= names.length;
    });
    if (split === undefined) continue;
    const other = split.delimiter === delimiter ? "" : ` ${delimiterFlag(split.delimiter)}`;
    return `pass --skip-lines ${number - 1}${other}: line ${number} has names of columns`;
  }
  return null;
}
