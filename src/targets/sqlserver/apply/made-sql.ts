/**
 * What the server made of rows that are written one at a time, and others refer to them by: put away by the OUTPUT clause of
 * each insert, which takes values that no expression gives elsewhere (identities, NEWSEQUENTIALID). Pure.
 *
 *   DECLARE @made TABLE (ord bigint NOT NULL, made1 nvarchar(max) NULL)
 *   INSERT INTO [dbo].[t] ([a]) OUTPUT @ord, CONVERT(nvarchar(max), inserted.[id]) INTO @made (ord, made1) SELECT …
 */
import type { TablePlan } from "../../../model/load-plan.ts";
import { exactText } from "../catalog/types.ts";
import type { Fields } from "../connect/connection.ts";
import { quoteIdentifier } from "../quote.ts";

/** The parts of a script that tells what was made. */
export interface MadeSql {
  readonly declare: string;
  /** Of an insert of the row `@ord`. */
  readonly output: string;
  /** Columns without a value beside those of a fault, and the rows that have one. */
  readonly none: string;
  readonly union: string;
}

/** The parts; `null` where nothing is told. */
export function madeSql({ made }: TablePlan): MadeSql | null {
  const columns = made?.written ?? [];
  if (columns.length === 0) return null;
  const names = columns.map((_, at) => `made${at + 1}`);
  const values = columns.map((column) =>
    exactText(`inserted.${quoteIdentifier(column.name)}`, column),
  );
  return {
    declare: `DECLARE @made TABLE (ord bigint NOT NULL, ${names.map((name) => `${name} nvarchar(max) NULL`).join(", ")})`,
    output: `OUTPUT @ord, ${values.join(", ")} INTO @made (ord, ${names.join(", ")})`,
    none: names.map((name) => `, CONVERT(nvarchar(max), NULL) AS ${name}`).join(""),
    union: `UNION ALL SELECT ord, CONVERT(int, NULL), CONVERT(int, NULL), CONVERT(nvarchar(max), NULL), ${names.join(", ")} FROM @made`,
  };
}

/** The rows of an answer that tell of faults, and what was made of others, by `ord`. */
export function apartMade(
  { made }: TablePlan,
  rows: readonly Fields[],
): {
  readonly faults: readonly Fields[];
  readonly made?: ReadonlyMap<number, readonly (string | null)[]>;
} {
  const columns = made?.written ?? [];
  if (columns.length === 0) return { faults: rows };
  const told = rows.filter(isMade).map((row) => {
    const values = columns.map((_, at) => textOf(row[`made${at + 1}`]));
    return [Number(row["upsurge_ord"]), values] as const;
  });
  return { faults: rows.filter((row) => !isMade(row)), made: new Map(told) };
}

function isMade(row: Fields): boolean {
  return row["number"] === null && row["code"] === null;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
