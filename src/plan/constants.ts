/** What `--const` means to a table. */
import { nameInExpression } from "../errors/expression-names.ts";
import { shellQuoted } from "../errors/shell-word.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Arbiter, FieldMapping } from "../model/load-plan.ts";
import type { TableShape } from "../model/table-shape.ts";
import type { Options } from "../options/options.ts";
import type { FieldNames } from "./mapping/field-names.ts";
import { readOnlyColumn, whyReadOnly } from "./mapping/read-only.ts";
import { requireColumn } from "./names.ts";

/** Warnings for constants that are the text of a NULL: `--const` gives texts. */
export function nullTexts(
  options: Pick<Options, "const" | "null">,
  key: Pick<Arbiter, "columns"> | null,
): string[] {
  return (options.const ?? []).flatMap(({ column, value }) => {
    const isNull = /^(?:null|\\N)$/i.test(value) || options.null?.includes(value) === true;
    if (value === "" || !isNull) return [];
    const stamp = shellQuoted(`${nameInExpression(column)} = null`);
    const always =
      key?.columns.includes(column) === true
        ? ""
        : `; for NULL in every row that is inserted or changes: --stamp ${stamp}`;
    return [
      `--const ${column}=${value} is the text ${value}, not NULL; without it a new row takes the default of ${column}, NULL where there is none${always}`,
    ];
  });
}

/** The constants of a load. Throws `PLAN_UNKNOWN_COLUMN`, `PLAN_READ_ONLY_COLUMN`, `PLAN_DUPLICATE_COLUMN`. */
export function planConstants(
  shape: TableShape,
  options: Options,
  mapping: readonly FieldMapping[],
  { told, keptOut, needed }: FieldNames & { readonly needed: ReadonlySet<string> },
): { column: string; value: string }[] {
  const seen = new Set<string>();
  return (options.const ?? []).map((given) => {
    const column = requireColumn(shape, given.column, "--const");
    const reason = whyReadOnly(column, options.keepIdentity);
    if (reason !== null) {
      throw readOnlyColumn(column, reason, { leaveOut: "leave it out of --const", needed });
    }
    const field = mapping.find((each) => each.column === column.name)?.field;
    if (field !== undefined) {
      const details = { column: column.name, reason: `by the field ${told(field)} and by --const` };
      const fix = `${keptOut(field)}, or leave --const ${column.name} out`;
      throw upsurgeError("PLAN_DUPLICATE_COLUMN", details, { fix, where: "--const" });
    }
    if (seen.has(column.name)) {
      const details = { column: column.name, reason: "by two --const" };
      const fix = `leave one --const of ${column.name} out`;
      throw upsurgeError("PLAN_DUPLICATE_COLUMN", details, { fix, where: "--const" });
    }
    seen.add(column.name);
    return { column: column.name, value: given.value };
  });
}
