/** `--match-names loose`: fields and columns whose names differ in case, blanks, dashes, underscores and dots only. Pure. */
import { shellQuoted } from "../../errors/shell-word.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { Column, TableShape } from "../../model/table-shape.ts";

/** A name without what people write in several ways. */
function loose(name: string): string {
  return name
    .normalize("NFC")
    .toLowerCase()
    .replaceAll(/[\s_.-]+/g, "");
}

/**
 * Finds the one column whose name is the same but for that; `null` where there is none. Throws `PLAN_AMBIGUOUS_FIELD` for
 * several.
 */
export function looseFinder({ columns }: TableShape): (field: string) => Column | null {
  const byName = new Map<string, Column[]>();
  for (const column of columns) {
    const alike = byName.get(loose(column.name)) ?? [];
    byName.set(loose(column.name), [...alike, column]);
  }
  return (field) => {
    const [first, ...others] = (loose(field) === "" ? [] : byName.get(loose(field))) ?? [];
    if (first === undefined || others.length === 0) return first ?? null;
    const candidates = [first, ...others].map(({ name }) => name).join(" or ");
    const fix = `say which: --map ${shellQuoted(`${field}:COLUMN`)}`;
    throw upsurgeError("PLAN_AMBIGUOUS_FIELD", { field, candidates }, { fix });
  };
}
