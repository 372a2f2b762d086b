/**
 * Finds what was asked for among the result sets of a request. Triggers may send sets of their own, before ours; what is not
 * there is an error, and never taken for no rows.
 */
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { Fields, ResultSet } from "./connection.ts";

/** The sets of a request that sends `count` of them, one for each query. Throws `INTERNAL`. */
export function setsOf(sets: readonly ResultSet[], count: number): readonly ResultSet[] {
  if (sets.length === count) return sets;
  throw notFound(`${count} result sets were asked for, and ${sets.length} came`);
}

/** The set of a request that sends one, whose rows, if it has any, have a column of this name. Throws `INTERNAL`. */
export function onlySet(sets: readonly ResultSet[], column: string): ResultSet {
  const [rows = []] = setsOf(sets, 1);
  return rows[0] === undefined || column in rows[0] ? rows : rowMissing(column);
}

/** The row with a column of this name, the last such row to begin a set; and the sets after it. Throws `INTERNAL`. */
export function answerWith(
  sets: readonly ResultSet[],
  column: string,
): { readonly row: Fields; readonly after: readonly ResultSet[] } {
  const at = sets.findLastIndex(([first]) => first !== undefined && column in first);
  const row = sets[at]?.[0];
  return row === undefined ? rowMissing(column) : { row, after: sets.slice(at + 1) };
}

/** The row with a column of this name. Throws `INTERNAL`. */
export function rowWith(sets: readonly ResultSet[], column: string): Fields {
  return answerWith(sets, column).row;
}

function rowMissing(column: string): never {
  throw notFound(`no result set has the column ${column}`);
}

function notFound(what: string): Error {
  return upsurgeError("INTERNAL", { message: `the server's answer is not understood: ${what}` });
}
