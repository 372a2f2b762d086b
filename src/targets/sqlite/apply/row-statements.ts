/** Which statements rows with certain columns need, by mode and method; pure. */
import { fires } from "../../../model/table-shape.ts";
import type { Arbiter } from "../../../model/load-plan.ts";
import {
  conflictTarget,
  deleteRow,
  findRow,
  firstColumn,
  insertRow,
  proposeRow,
  rowSql,
  updateRow,
  upsertRow,
  writes,
} from "../dialect.ts";
import type { RowSql } from "../dialect.ts";
import { stageRow } from "../stage/staged-row.ts";
import { at, WHEN } from "../../../sql/planned-statements.ts";
import type { PlannedStatement } from "../../../model/report/plan-report.ts";
import type { BoundValue } from "../stage/values.ts";

/** Statements for several rows. */
export interface GroupStatements {
  /** For the rows of a page that are counted at once; `null`: none are. */
  readonly counted: { readonly sql: string; readonly insert: string } | null;
  readonly paged: string;
  readonly several: string;
}

/**
 * How a row is applied. `insert`: plainly. `upsert`: by ON CONFLICT. `update`: find, then update.
 * `find`: find, then update or insert. `propose`: insert unless the key is taken, then as `update`.
 * `any`: insert, and take a violated unique key as ignored.
 */
export type RowMethod = "insert" | "upsert" | "update" | "find" | "propose" | "any" | "delete";

/** The statements of a row, in the order in which they run. */
const ROW_STEPS = ["stage", "find", "propose", "update", "insert"] as const;

type RowStep = (typeof ROW_STEPS)[number];

/** The statements of one shape of rows; `null` where the method needs none. */
export interface RowStatements {
  readonly method: RowMethod;
  /** A target row that is met is left alone. */
  readonly leavesAlone: boolean;
  /** BEFORE INSERT triggers fire also for rows that are not inserted in the end. */
  readonly triggered: boolean;
  /** Puts the row into the temporary table. */
  readonly stage: string | null;
  /** Finds the target row of the staged row. */
  readonly find: string | null;
  /** Proposes the row for insertion, to learn whether it could be inserted or whether its key is taken. */
  readonly propose: string | null;
  readonly update: string | null;
  readonly insert: string | null;
}

const NONE = { stage: null, find: null, propose: null, update: null, insert: null };

/** The statements for rows that carry `row.columns`. */
export function rowStatements(row: RowSql): RowStatements {
  const triggered = fires(row.plan.table, "before", "insert");
  return { triggered, ...methodOf(row, triggered) };
}

function methodOf(row: RowSql, triggered: boolean): Omit<RowStatements, "triggered"> {
  const { plan } = row;
  const { arbiter, mode } = plan;
  const leavesAlone = mode === "ignore" || writes(row).length === 0;
  if (mode === "insert" || arbiter === null) {
    return { ...NONE, ...inserting(row, insertRow(row)), method: "insert", leavesAlone };
  }
  if (arbiter.kind === "any") return anyKey(row, arbiter, triggered);
  const find = findRow(row, arbiter);
  const update = leavesAlone ? null : updateRow(row, arbiter);
  const stage = stageRow(row.plan, row.columns);
  if (plan.deletesRows === true) {
    const removes = deleteRow(row, arbiter);
    return { ...NONE, method: "delete", leavesAlone: false, stage, find, update: removes };
  }
  if (mode === "update") return { ...NONE, method: "update", leavesAlone, stage, find, update };
  const { statement, proposes } = plan.method;
  if (statement === "upsert" || (proposes && leavesAlone)) {
    const asks = triggered && leavesAlone ? { stage, find } : {};
    const insert = inserting(row, upsertRow(row, arbiter));
    return { ...NONE, ...insert, ...asks, method: "upsert", leavesAlone };
  }
  if (proposes) {
    const propose = proposeRow(row, arbiter);
    return { ...NONE, method: "propose", leavesAlone, stage, find, propose, update };
  }
  const insert = insertRow(row);
  const propose = plan.table.kind === "table" ? `${insert} on conflict do nothing` : null;
  return { method: "find", leavesAlone, stage, find, propose, update, insert };
}

function inserting(row: RowSql, insert: string): { insert: string; stage: string | null } {
  return { insert, stage: row.readsStaged ? stageRow(row.plan, row.columns) : null };
}

function anyKey(
  row: RowSql,
  arbiter: Arbiter,
  triggered: boolean,
): Omit<RowStatements, "triggered"> {
  // A constraint may be declared ON CONFLICT REPLACE; a loader never deletes the rows in the way.
  const plain = insertRow(row, "or abort ");
  const { method, table } = row.plan;
  // A key that a trigger violates elsewhere is no conflict: ON CONFLICT tells the one from the other.
  const fired = triggered || fires(table, "after", "insert");
  if (method.statement === "insert" && !fired) {
    return { ...NONE, ...inserting(row, plain), method: "any", leavesAlone: true };
  }
  const insert = inserting(row, upsertRow(row, arbiter));
  const propose = triggered ? plain : null;
  return { ...NONE, ...insert, propose, method: "upsert", leavesAlone: true };
}

/** Tells, for a row that meets a target row, whether an insert of it could be refused for its values. */
export function canRefuse({ plan, columns }: RowSql): (values: readonly BoundValue[]) => boolean {
  const { table } = plan;
  const always =
    table.checked ||
    table.columns.some(
      (column) =>
        column.generatedSql !== null ||
        (column.identity === "rowid" && columns.includes(column.name)) ||
        (!column.nullable && column.defaultSql === null && !columns.includes(column.name)),
    ) ||
    table.uniqueKeys.some((key) => key.columns.includes(null) || key.predicate !== null) ||
    plan.update.stamps.length > 0;
  if (always) return () => true;
  const required = columns.flatMap((name, at) =>
    table.columns.some((column) => column.name === name && !column.nullable) ? [at] : [],
  );
  return (values) => required.some((at) => values[at] === null);
}

/** Once an insert has written nothing, to learn why. */
const IN_DOUBT = "where an insert writes nothing";

/** When the statements of a method run that data may keep from running. */
const WHENS: Readonly<Record<RowMethod, Readonly<Partial<Record<RowStep, string>>>>> = {
  insert: {},
  any: {},
  upsert: { find: IN_DOUBT, propose: IN_DOUBT },
  update: { update: WHEN.found },
  delete: { update: "where rows are found" },
  propose: { find: "where the key is taken", update: WHEN.found },
  find: {
    propose: "where a row is found whose key another value may be refused with",
    update: WHEN.found,
    insert: WHEN.missing,
  },
};

/** The statements in the order in which they run, for `upsurge plan`; `several`: those for several rows, where they may share one. */
export function listStatements(
  row: RowSql,
  several: GroupStatements | null = null,
): readonly PlannedStatement[] {
  const { method, ...sql } = rowStatements(row);
  const steps = ROW_STEPS.flatMap((step) => at(sql[step], WHENS[method][step]));
  if (several === null) return steps;
  return [
    ...pageStatements(several),
    { sql: several.several, when: "for other rows that share a statement, so many at a time" },
    ...steps.map((each) => ({ ...each, when: "for the rows that are left" })),
  ];
}

/** Those for the rows of a page. */
function pageStatements({ counted, paged }: GroupStatements): readonly PlannedStatement[] {
  const page = "for rows that are put into a page of a temporary file";
  if (counted === null) return [{ sql: paged, when: page }];
  return [
    { sql: counted.sql, when: "before and after those of a page" },
    { sql: counted.insert, when: page },
    { sql: paged, when: `${page}, if rowids are very high` },
  ];
}

/** The insert that names the arbiter and nothing else of the user's: SQLite refuses it when no unique index fits. */
export function arbiterOnly(row: RowSql): string | null {
  const { plan } = row;
  if (plan.arbiter === null) return null;
  const without = { ...plan, update: { ...plan.update, stamps: [] } };
  const bare = rowSql(without, row.table, [firstColumn(plan)]);
  return `${insertRow(bare)} ${conflictTarget(plan.arbiter)} do nothing`;
}
