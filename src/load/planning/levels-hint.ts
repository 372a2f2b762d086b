/** `--nest` for members of JSON records that hold the rows of another table. Pure. */
import { shellQuoted } from "../../errors/shell-word.ts";
import { sentenceList } from "../../errors/format.ts";
import { isJsonObject } from "../../model/json/json-of.ts";

/** What writes arrays to tables of their own; `null` where no such member is one. */
export function levelsHint(
  objects: readonly ReadonlyMap<string, unknown>[],
  fields: readonly string[],
): string | null {
  const found = fields.flatMap((field) => {
    const flag = flagFor(
      field,
      objects.map((each) => each.get(field)),
    );
    return flag === null ? [] : [{ field, flag }];
  });
  if (found.length === 0) return null;
  const flags = found.map(({ flag }) => flag).join(" ");
  const isOne = found.length === 1;
  const what = `the elements of ${sentenceList(found.map(({ field }) => field))}`;
  return `${flags} ${isOne ? "writes" : "write"} ${what} to ${isOne ? "a table" : "tables"} of their own`;
}

function flagFor(field: string, values: readonly unknown[]): string | null {
  if (!/^\w+$/.test(field)) return null;
  const array = values.find((each): each is unknown[] => Array.isArray(each) && each.length > 0);
  if (array === undefined) return null;
  if (array.every(isJsonObject)) return `--nest ${shellQuoted(`${field}:TABLE`)}`;
  const isPlain = array.every((each) => typeof each !== "object");
  return isPlain ? `--nest ${shellQuoted(`${field}: {table: TABLE, value: COLUMN}`)}` : null;
}
