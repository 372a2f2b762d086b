/**
 * The names of CSV fields: from the header, from `--columns` or by number.
 */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { UpsurgeError } from "../errors/upsurge-error.ts";

/** No table has as many columns; a header that long is no header. */
const MOST_FIELDS = 4096;

/** An error about the header of `path`. */
export function headerError(path: string, reason: string): UpsurgeError {
  return upsurgeError("SOURCE_HEADER", { path, reason }, { where: `${path}, header` });
}

/** The names that a header (or `--columns` in its place) gives; each must be there and different. */
export function fieldNames(
  path: string,
  header: readonly string[],
  columns: readonly string[] | null,
): readonly string[] {
  if (columns !== null && columns.length !== header.length) {
    const reason = `it has ${header.length} fields and --columns names ${columns.length}`;
    throw headerError(path, reason);
  }
  return checkedNames(path, columns ?? header);
}

/** The names themselves, when each is there and different, and they are not too many. */
export function checkedNames(path: string, names: readonly string[]): readonly string[] {
  if (names.length > MOST_FIELDS) {
    throw headerError(path, `it has ${names.length} fields, and ${MOST_FIELDS} are the most`);
  }
  const places = new Map<string, number>();
  names.forEach((name, index) => {
    if (name === "") throw headerError(path, `field ${index + 1} has no name`);
    const before = places.get(name);
    if (before !== undefined) {
      const quoted = JSON.stringify(name);
      const reason = `the name ${quoted} is there twice, as field ${before + 1} and field ${index + 1}`;
      throw headerError(path, reason);
    }
    places.set(name, index);
  });
  return names;
}

/** The names of fields that have none: 1, 2, 3, … */
export function numberedNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1));
}
