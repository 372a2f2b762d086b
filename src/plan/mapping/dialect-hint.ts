/** What a header is read by under which more of its names are columns: another delimiter, blanks that are dropped. */
import { correctingCommand, shellQuoted } from "../../errors/shell-word.ts";
import type { HeaderField, KnownFields } from "../../model/header.ts";
import type { TableShape } from "../../model/table-shape.ts";
import { delimiterFlag, splitsOf } from "../header-delimiters.ts";

/** The flags under which fields without a column would have one; `null` where there are none. */
export function dialectHint(
  shape: TableShape,
  known: KnownFields,
  fields: readonly string[],
): string | null {
  const isColumn = (name: string): boolean =>
    shape.columns.some((column) => column.name.toLowerCase() === name.toLowerCase());
  const places = (known.header ?? []).filter(({ key }) => fields.includes(key));
  const [only] = places;
  if (only !== undefined && known.fields.length === 1) {
    const split = splitsOf(only.name).find(({ names }) => names.some(isColumn));
    if (split !== undefined && only.quoted) return wholeLines(known.source);
    if (split !== undefined)
      return `pass ${delimiterFlag(split.delimiter)}: the header has one field, and names of columns in it`;
  }
  return quotesHint(places, isColumn) ?? blanksHint(places, isColumn);
}

/** Lines that were quoted once more, as a sheet does that was pasted into one column. */
function wholeLines(source: string | null): string {
  const command = `sed -E $'s/^"|"\\r?$//g; s/""/"/g'`;
  const how = correctingCommand(command, source ?? "-", "csv");
  return `the lines are in quotes as a whole: correct the source with ${how}`;
}

/** `--quote` where names of columns are in other quotes than CSV has: they would stay around the values. */
function quotesHint(
  places: readonly HeaderField[],
  isColumn: (name: string) => boolean,
): string | null {
  const quote = /^(['`]).+\1$/.exec(places[0]?.name ?? "")?.[1];
  if (quote !== undefined) {
    const within = ({ name }: HeaderField): boolean =>
      name.startsWith(quote) && name.endsWith(quote) && isColumn(name.slice(1, -1));
    return places.every(within)
      ? `pass --quote ${shellQuoted(quote)}: the names are in these quotes`
      : null;
  }
  const isTyped = places.some(
    ({ name }) => /^[“„«].*[”“»]$/u.test(name) && isColumn(name.slice(1, -1)),
  );
  return isTyped
    ? 'write " for “ and ” in the source: quotes of typography are letters to CSV, and would stay around the values'
    : null;
}

/** What `--trim` drops. */
function trimmed(name: string): string {
  return name.replace(/^[\t\n\f\r ]+/, "").trimEnd();
}

/** Marks without a width, which editors and joined files leave in names. */
const MARKS = /[\u00AD\u200B-\u200F\u2060\uFEFF]/g;

/** `--trim` where it helps, and a flag for each name that has blanks or unseen marks around it. */
function blanksHint(
  places: readonly HeaderField[],
  isColumn: (name: string) => boolean,
): string | null {
  const padded = places.flatMap(({ name, key, quoted }) => {
    const bare = name.replace(MARKS, "").trim();
    return bare !== name && isColumn(bare) ? [{ name, key, quoted, bare }] : [];
  });
  if (padded.length === 0) return null;
  const flags = padded.map(({ key, bare }) => `--map ${shellQuoted(`${key}:${bare}`)}`).join(" ");
  const helps = padded.every(
    ({ name, quoted, bare }) => !quoted && trimmed(name) !== name && trimmed(name) === bare,
  );
  const these = padded.length === 1 ? "this one" : "these";
  return helps
    ? `pass --trim, which drops the blanks around unquoted names and values; or only for ${these} ${flags}`
    : `pass ${flags}: there are blanks in ${padded.length === 1 ? "the name" : "the names"}, or characters that are not seen`;
}
