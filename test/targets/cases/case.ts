/** The form of a conformance case; `conformance.test.ts` runs each over every engine and every way. */

/** A text that may differ between engines. */
type ByEngine<T> = T | { readonly sqlite: T; readonly postgres: T };

type Rows = readonly (readonly (string | null)[])[];

/** A load and everything that must come of it. */
export interface Case {
  readonly title: string;
  readonly setup: ByEngine<string>;
  /** Default: `t`. */
  readonly table?: string;
  /** One of the two. */
  readonly csv?: string;
  readonly ndjson?: string;
  readonly flags: readonly string[];
  readonly counts: ByEngine<Readonly<Record<string, number>>>;
  readonly rejects?: ByEngine<
    readonly { readonly record: number; readonly code: string; readonly dbCode: string | null }[]
  >;
  /** Default: `select * from t order by 1`. */
  readonly check?: string;
  readonly rows: ByEngine<Rows>;
}

/** The value for one engine. */
export function forEngine<T>(value: ByEngine<T>, engine: "sqlite" | "postgres"): T {
  const both = value as { readonly sqlite?: T; readonly postgres?: T } | null;
  if (typeof both !== "object" || both === null || !("sqlite" in both)) return value as T;
  return both[engine] as T;
}

/** The table that most cases load into. */
export const ITEMS =
  "create table t (id int primary key, name text, qty int not null default 1); insert into t values (1, 'bolt', 5), (2, 'nut', 6);";
