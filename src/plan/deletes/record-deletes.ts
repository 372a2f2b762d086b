/**
 * `--delete-when`: records that delete the row of their key, in their place in the order. The rows they meet are looked up and
 * deleted by a plan of its own, over its own stage, which takes nothing of a record but its key. Pure.
 */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { Arbiter, Isolation } from "../../model/load-plan.ts";
import { cascades, keepsRows, KIND_NAMES } from "../../model/table-shape.ts";
import type { Column, TableShape } from "../../model/table-shape.ts";
import type { FieldValue } from "../../options/grammar.ts";
import { readsColumn } from "../../sql/expressions.ts";
import type { ExpressionNames } from "../../sql/expressions.ts";
import type { UndecidedPlan } from "../method/choose-method.ts";
import { isArbiter } from "../key/key-name.ts";
import { tableLabel } from "../names.ts";
import { keyColumnsOf } from "../../sql/key-columns.ts";

const FLAG = "--delete-when";

/** A plan with what its deletes take, and a sentence about it. */
export interface RecordDeletesChoice {
  readonly chosen: UndecidedPlan;
  readonly why: readonly string[];
}

/** The plan, with the deletes that `when` asks for. Throws `PLAN_UNSUPPORTED`. */
export function withRecordDeletes(
  plan: UndecidedPlan,
  when: readonly FieldValue[] | null,
  naming: ExpressionNames,
): RecordDeletesChoice {
  if (when === null) return { chosen: plan, why: [] };
  const arbiter = keyOf(plan);
  const isolation = isolationOf(plan);
  const deletes = deletingPlan({ ...plan, isolation }, arbiter, naming);
  const said = when.map(({ field, value }) => `${field}=${value}`).join(" or ");
  return {
    chosen: { ...plan, isolation, recordDeletes: { when, plan: deletes } },
    why: [
      `a record with ${said} deletes the row of its key, in its place in the order`,
      ...orderWhy(plan.isolation, isolation),
      ...orderWhy(isolation, deletes.isolation).map((why) => `of the deletes, ${why}`),
    ],
  };
}

/** What is stricter than it was. */
function orderWhy(before: Isolation, now: Isolation): string[] {
  if (now.rowByRow !== before.rowByRow) return [`one row at a time: ${now.rowByRow ?? ""}`];
  if (now.rowByRow !== null || now.inFileOrder === before.inFileOrder) return [];
  return now.inFileOrder === null ? [] : [`in file order: ${now.inFileOrder}`];
}

function keyOf({ table, arbiter }: UndecidedPlan): Arbiter {
  const isTable = keepsRows(table);
  if (isTable && arbiter?.kind === "expressions") return arbiter;
  throw upsurgeError(
    "PLAN_UNSUPPORTED",
    {
      what: isTable
        ? `${FLAG} by ${arbiter?.name ?? "no key"}`
        : `${FLAG} on ${tableLabel(table)}, which is a ${KIND_NAMES[table.kind]}`,
      reason: isTable
        ? "a record deletes the row of its key, and that tells no two rows apart by their values alone"
        : "what a delete does behind it is not known",
      suggestion: isTable
        ? `name a unique key of the table with --key or --constraint, or leave ${FLAG} out`
        : `name the table behind it with --table, or leave ${FLAG} out`,
    },
    { where: FLAG },
  );
}

/** A delete gives up every value of its row, also those that a record would not write. */
function isolationOf({ table, arbiter, isolation }: UndecidedPlan): Isolation {
  return {
    rowByRow: isolation.rowByRow ?? ownReason(table),
    inFileOrder: isolation.inFileOrder ?? otherKeyReason(table, arbiter),
  };
}

function ownReason({ triggers, foreignKeys }: TableShape): string | null {
  const trigger = triggers.find(({ events }) => events.includes("delete"));
  if (trigger !== undefined) return `the trigger ${trigger.name} must see rows one by one`;
  const self = foreignKeys.find((each) => each.selfReferencing);
  return self === undefined
    ? null
    : `the foreign key (${self.columns.join(", ")}) refers to this table`;
}

function otherKeyReason({ uniqueKeys }: TableShape, arbiter: Arbiter | null): string | null {
  const other = uniqueKeys.find((key) => !isArbiter(key, arbiter));
  if (other === undefined) return null;
  return `a row that is deleted gives up its value of the unique key ${other.name ?? ""}(${other.keyExpressions.join(", ")})`;
}

/** Rows that go along may be what keeps another row from being deleted. */
function alongReason({ referredBy }: TableShape): string | null {
  if (referredBy === undefined) return "rows of other tables may go along";
  const found = referredBy.find(cascades);
  return found === undefined ? null : `rows of ${found.table.name} go along`;
}

function deletingPlan(
  plan: UndecidedPlan,
  arbiter: Arbiter,
  naming: ExpressionNames,
): UndecidedPlan {
  const { table, update, isolation } = plan;
  const { where } = update;
  const isRead = ({ name }: Column): boolean =>
    where !== null && readsColumn(where, "excluded", { column: name, naming });
  const keyed = keyColumnsOf({ shape: table, naming }, arbiter);
  const { recordDeletes: _, removal: __, comparison: ___, emptied: ____, ...rest } = plan;
  return {
    ...rest,
    stage: `${plan.stage}_gone`,
    mode: "update",
    strategy: "select-then-write",
    deletesRows: true,
    columns: table.columns.filter(
      (column) => column.generatedSql === null && (keyed.includes(column) || isRead(column)),
    ),
    update: { ...update, columns: [], sets: [], stamps: [], nullKeeps: false },
    isolation: {
      rowByRow: isolation.rowByRow ?? alongReason(table),
      inFileOrder: null,
    },
    uncounted: false,
  };
}
