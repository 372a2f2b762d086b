/** Texts of records as the rows of a statement: one JSON parameter, or parameters of VALUES where there is no OPENJSON. Pure. */
import type { SqlStatement } from "../../../model/sql/sql-value.ts";
import type { LookupServer } from "./lookup-sql.ts";

const MOST = 10_000;
/** A request takes 2,100 parameters, VALUES so many rows. */
const MOST_PARAMETERS = 2000;
const MOST_ROWS = 1000;

/** How many rows of so many texts a statement takes. */
export function mostRows(
  width: number,
  { hasOpenJson }: Pick<LookupServer, "hasOpenJson">,
): number {
  if (hasOpenJson) return MOST;
  return Math.min(MOST_ROWS, Math.floor(MOST_PARAMETERS / Math.max(1, width)));
}

/**
 * A table `k` with the columns `n`, counted from 1, and `k1`, `k2`… of the texts; `width`: how many texts a row has; `first`:
 * the number of the first parameter.
 */
export function textRows(
  rows: readonly (readonly (string | null)[])[],
  width: number,
  {
    hasOpenJson,
    first = 1,
  }: Pick<LookupServer, "hasOpenJson"> & { readonly first?: number | undefined },
): SqlStatement {
  const names = Array.from({ length: width }, (_, at) => `k${at + 1}`);
  if (hasOpenJson) {
    const objects = rows.map((texts, n): Record<string, string | number | null> =>
      Object.fromEntries<string | number | null>([
        ["n", n + 1],
        ...texts.map((text, at): [string, string | null] => [`k${at + 1}`, text]),
      ]),
    );
    const typed = names.map((name) => `${name} nvarchar(max)`);
    const sql = `OPENJSON(@p${first}) WITH (${["n int", ...typed].join(", ")}) AS k`;
    return { sql, values: [JSON.stringify(objects)] };
  }
  const tuples = rows.map(
    (_, n) => `(${[n + 1, ...names.map((_name, at) => `@p${first + n * width + at}`)].join(", ")})`,
  );
  return {
    sql: `(VALUES ${tuples.join(", ")}) AS k(${["n", ...names].join(", ")})`,
    values: rows.flat(),
  };
}
