/** The form of a conformance case; `conformance.test.ts` runs each over every engine and every way. */

import type { Engine } from "../../helpers/engines.ts";

/** A value that may differ between engines. */
type ByEngine<T> = T | Readonly<Record<Engine["name"], T>>;

type Rows = readonly (readonly (string | null)[])[];

/** A load and everything that must come of it. */
export interface Case {
  readonly title: string;
  readonly setup: ByEngine<string>;
  /** Default: all. */
  readonly engines?: readonly Engine["name"][];
  /** Where `--strategy native` is refused. */
  readonly notNative?: readonly Engine["name"][];
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
export function forEngine<T>(value: ByEngine<T>, engine: Engine["name"]): T {
  const each = value as Partial<Record<Engine["name"], T>> | null;
  if (typeof each !== "object" || each === null || !("sqlite" in each)) return value as T;
  return each[engine] as T;
}

/** The set-up for one engine: one that serves all says `text`, which SQL Server calls nvarchar. */
export function setupFor(setup: ByEngine<string>, engine: Engine["name"]): string {
  if (typeof setup !== "string" || engine !== "sqlserver") return forEngine(setup, engine);
  return setup.replaceAll(/\btext\b/g, "nvarchar(100)");
}

/** The table that most cases load into. */
export const ITEMS =
  "create table t (id int primary key, name text, qty int not null default 1); insert into t values (1, 'bolt', 5), (2, 'nut', 6);";
