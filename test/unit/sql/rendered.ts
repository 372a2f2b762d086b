/** All statements that a target makes of a plan, by what they are for, from the functions that a load calls. */
import type { TablePlan } from "../../../src/model/load-plan.ts";
import type { RowShape } from "../../../src/model/batch.ts";
import { comparisonSql as pgComparison } from "../../../src/targets/postgres/apply/comparison-sql.ts";
import { eachSql as pgEach } from "../../../src/targets/postgres/apply/each-sql.ts";
import { emptyTable as pgEmpty } from "../../../src/targets/postgres/apply/empty-table.ts";
import { foldSql, tryFoldSql } from "../../../src/targets/postgres/apply/fold-sql.ts";
import { foldingOf } from "../../../src/targets/postgres/apply/folding.ts";
import { LOOKUPS as PG_LOOKUPS } from "../../../src/targets/postgres/apply/lookup-sql.ts";
import {
  removalSql as pgRemoval,
  seenDdl as pgSeen,
} from "../../../src/targets/postgres/apply/removal-sql.ts";
import { repeatsSql, setAsideSql, setSql } from "../../../src/targets/postgres/apply/set-sql.ts";
import { expressionTries as pgTries } from "../../../src/targets/postgres/catalog/check-plan.ts";
import { listStatements as pgList } from "../../../src/targets/postgres/catalog/explain-plan.ts";
import { comparisonSql as liteComparison } from "../../../src/targets/sqlite/apply/comparison-sql.ts";
import { emptyTable as liteEmpty } from "../../../src/targets/sqlite/apply/empty-table.ts";
import { lookups as liteLookups } from "../../../src/targets/sqlite/apply/lookup-sql.ts";
import {
  emptyMissing,
  removalSql as liteRemoval,
  seenDdl as liteSeen,
} from "../../../src/targets/sqlite/apply/removal-sql.ts";
import {
  arbiterOnly,
  listStatements,
  rowStatements,
} from "../../../src/targets/sqlite/apply/row-statements.ts";
import { expressionTries as liteTries } from "../../../src/targets/sqlite/catalog/check-plan.ts";
import type { SqliteTable } from "../../../src/targets/sqlite/catalog/table-shape.ts";
import {
  insertPage,
  insertRows,
  rowSql,
  SQLITE,
  upsertRows,
} from "../../../src/targets/sqlite/dialect.ts";
import { sharedKeySql } from "../../../src/sql/check-table.ts";
import { rowidName } from "../../../src/targets/sqlite/stage/staged-row.ts";
import { comparisonSql as msComparison } from "../../../src/targets/sqlserver/apply/comparison-sql.ts";
import { eachSql as msEach } from "../../../src/targets/sqlserver/apply/each-sql.ts";
import { emptyTable as msEmpty } from "../../../src/targets/sqlserver/apply/empty-table.ts";
import { lookups as msLookups } from "../../../src/targets/sqlserver/apply/lookup-sql.ts";
import {
  lockSql,
  removalSql as msRemoval,
  seenDdl as msSeen,
} from "../../../src/targets/sqlserver/apply/removal-sql.ts";
import {
  rowsOf,
  setSql as msSet,
  statementsOf,
} from "../../../src/targets/sqlserver/apply/set-sql.ts";
import { wavesSql } from "../../../src/targets/sqlserver/apply/write-sql.ts";
import { keyedPlan } from "../../../src/sql/match.ts";
import { expressionTries as msTries } from "../../../src/targets/sqlserver/catalog/check-plan.ts";
import {
  checkStageSql,
  fillStageSql,
  stageDdl,
} from "../../../src/targets/sqlserver/stage/stage-sql.ts";
import type { Lookups } from "../../../src/model/sql/lookup-sql.ts";

/** Statements by what they are for. */
export type Statements = Readonly<Record<"set" | "each" | "around" | "going", readonly string[]>>;

function told(values: readonly unknown[]): string[] {
  return values.map((value) =>
    typeof value === "string" ? value : JSON.stringify(value, null, 1),
  );
}

function looked({ lookups = [] }: TablePlan, target: Lookups): unknown[] {
  const keys = [["a", "b"]];
  const all = lookups.map((lookup) => target.sql(lookup));
  return all.flatMap((sql) => [sql.find(keys), sql.create(keys), sql.most]);
}

/** Of `TablePlan.comparison`, as a load asks for them. */
function compared(sql: ReturnType<typeof pgComparison>): unknown[] {
  return [sql, sql.values(1, 20, sql.columns), sql.extra?.first(10) ?? null];
}

/** The plans of a load: its own, those of records that delete, and of its second pass. */
export function plansOf(plan: TablePlan): readonly TablePlan[] {
  const { recordDeletes, late } = plan;
  return [
    plan,
    ...(recordDeletes === undefined ? [] : [recordDeletes.plan]),
    ...(late === undefined ? [] : [late.plan]),
  ];
}

/** For PostgreSQL, whose version is in the plan. */
export function postgresStatements(plan: TablePlan, columns: readonly string[]): Statements {
  const merging = plan.method.merges !== null;
  const shapes: readonly RowShape[] = [
    { id: 0, columns: plan.columns.map(({ name }) => name) },
    { id: 3, columns },
  ];
  const takings = [
    { kind: "all", shape: null, merges: merging },
    { kind: "all", shape: 3, merges: merging, ranged: true },
    { kind: "only", shape: null, merges: false },
    { kind: "except", shape: 3, merges: merging },
  ] as const;
  const folding = foldingOf(plan);
  return {
    set: told([
      ...pgList(plan, columns).map(({ sql }) => sql),
      ...takings.map((taken) => Object.values(setSql(plan, columns, taken)).join("\n")),
      ...(plan.arbiter?.kind === "expressions" ? [repeatsSql(plan), setAsideSql(plan)] : []),
    ]),
    each: [
      pgEach(plan, shapes, { isolate: true, tells: false }),
      pgEach(plan, shapes, { isolate: false, tells: true }),
      ...(folding === null
        ? []
        : [foldSql(folding, shapes, "pg_temp.upsurge_repeats"), tryFoldSql(folding)]),
    ],
    around: told([
      ...pgTries(plan),
      ...pgEmpty(plan.table, "truncate"),
      ...pgEmpty(plan.table, "delete"),
      ...looked(plan, PG_LOOKUPS),
    ]),
    going: told([
      ...(plan.removal === undefined ? [] : [...pgSeen(plan), pgRemoval(plan)]),
      ...(plan.comparison === undefined ? [] : compared(pgComparison([plan]))),
    ]),
  };
}

/** For SQL Server; one that is older lacks OPENJSON. */
export function sqlServerStatements(
  plan: TablePlan,
  columns: readonly string[],
  hasOpenJson: boolean,
): Statements {
  const collation = "Latin1_General_CI_AS";
  const shapes: readonly RowShape[] = [
    { id: 0, columns: plan.columns.map(({ name }) => name) },
    { id: 3, columns },
  ];
  const rows = rowsOf({ id: 3, columns }, { kind: "except", ords: [] });
  const keyed = keyedPlan(plan);
  return {
    set: [
      ...statementsOf(plan, rows),
      msSet(plan, rows),
      msSet(plan, rowsOf({ id: 0, columns }, { kind: "all" })),
      ...(keyed === null ? [] : [wavesSql(keyed)]),
    ],
    each: [msEach(plan, shapes), msEach(plan, shapes, true)],
    around: told([
      ...msTries(plan),
      ...stageDdl(plan, collation),
      ...fillStageSql(plan, shapes),
      ...checkStageSql(plan, shapes),
      ...msEmpty(plan.table, "truncate"),
      ...msEmpty(plan.table, "delete"),
      ...looked(plan, msLookups({ hasOpenJson, collation })),
    ]),
    going: told([
      lockSql(plan),
      ...(plan.removal === undefined ? [] : [...msSeen(plan, collation), msRemoval(plan)]),
      ...(plan.comparison === undefined ? [] : compared(msComparison([plan], collation))),
    ]),
  };
}

/** For SQLite. */
export function sqliteStatements(plan: TablePlan, columns: readonly string[]): Statements {
  const table = sqliteTable(plan);
  const row = rowSql(plan, table, columns);
  const { arbiter } = plan;
  return {
    set: listStatements(row).map(({ sql }) => sql),
    each: told([
      // Texts only: what they are chosen by is none.
      { ...rowStatements(row), triggered: undefined },
      ...(columns.length === 0 ? [] : [insertRows(row, 3), insertPage(row)]),
      ...(arbiter === null
        ? []
        : [
            ...[true, false].map((asks) =>
              upsertRows(row, arbiter, { insert: insertRows(row, 3), asks }),
            ),
            sharedKeySql(plan, arbiter, SQLITE),
          ]),
    ]),
    around: told([
      arbiterOnly(row),
      ...liteTries(plan),
      ...liteEmpty(plan.table),
      ...looked(
        plan,
        liteLookups(() => false),
      ),
    ]),
    going: told([
      ...(plan.removal === undefined
        ? []
        : [...liteSeen(row), liteRemoval(row), emptyMissing(row)]),
      ...(plan.comparison === undefined ? [] : compared(liteComparison([row]))),
    ]),
  };
}

function sqliteTable({ table }: TablePlan): SqliteTable {
  const affinities = {
    integer: "integer",
    text: "text",
    real: "real",
    datetime: "numeric",
  } as const;
  const details = table.columns.map(({ name, type }) => {
    const known = Object.entries(affinities).find(([each]) => each === type)?.[1];
    return [
      name,
      { affinity: known ?? "blob", collation: name === "sku" ? "NOCASE" : null },
    ] as const;
  });
  const hasRowid = table.kind === "table" && !table.name.name.includes('"');
  return {
    shape: table,
    details: new Map(details),
    resolves: false,
    rowid: hasRowid ? rowidName(table) : null,
    computes: false,
    strict: false,
    schema: 0,
  };
}
