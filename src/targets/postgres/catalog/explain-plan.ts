/** What `upsurge plan` shows of a load into PostgreSQL: its statements, and why it writes as it does. */
import type { TablePlan } from "../../../model/load-plan.ts";
import { encoderOf } from "../stage/binary-types.ts";
import { mayGoDirectly } from "../apply/direct-copy.ts";
import { tableSql } from "../dialect.ts";
import { mayStage } from "./limits.ts";
import { lockTable } from "../apply/select-then-write-sql.ts";
import { setSql } from "../apply/set-sql.ts";
import { copySql } from "../stage/stage.ts";
import { stageTable } from "../stage/names.ts";

/** The statements for rows that carry `columns`, in the order in which a load comes to them. */
export function listStatements(
  plan: TablePlan,
  columns: readonly string[],
  merges: boolean,
): readonly string[] {
  const all = { kind: "all", shape: null } as const;
  const sql = setSql(plan, columns, { ...all, merges });
  const format = textColumns(plan).length === 0 ? "binary" : "text";
  const copies = plan.rowSource === "staged" && plan.isolation.rowByRow === null;
  const direct = mayGoDirectly(plan) ? [copySql(tableSql(plan), columns, format)] : [];
  const staged = copies ? [copySql(stageTable(plan), ["upsurge_ord", ...columns], format)] : [];
  if (sql.kind === "look") {
    const steps = [lockTable(plan), ...direct, ...staged, sql.meet, sql.update, sql.insert];
    return steps.filter((each) => each !== null);
  }
  const upsert = merges ? setSql(plan, columns, { ...all, merges: false }) : null;
  const fallback = upsert?.kind === "native" ? [upsert.write] : [];
  return [...direct, ...staged, sql.write, ...fallback];
}

/** A sentence for each choice. */
export function explainMethods(plan: TablePlan, merges: boolean): readonly string[] {
  const reasons: string[] = [];
  if (plan.isolation.rowByRow !== null) return reasons;
  if (!mayStage(plan)) {
    return [
      `one row at a time: ${plan.columns.length} columns and two of our own are more than a table to stage rows in may have`,
    ];
  }
  if (mayGoDirectly(plan)) {
    reasons.push(
      plan.mode === "insert"
        ? "copied straight into the table; a batch with a fault goes through the stage"
        : "copied straight into the table while all rows are new: from an empty table on, or once batches bring nothing else",
    );
  }
  if (merges) {
    reasons.push(
      "MERGE for batches without a repeated key, cheaper for the server than ON CONFLICT; that one takes over when another session inserts a key meanwhile",
    );
  }
  if (plan.rowSource === "staged") reasons.push(copyFormat(plan));
  return reasons;
}

function copyFormat(plan: TablePlan): string {
  const [column] = textColumns(plan);
  return column === undefined
    ? "binary COPY; a batch with values in other than the usual spelling goes as text, for the server to read"
    : `text COPY: ${column} has a type that is sent as text`;
}

/** The columns without a binary form. */
function textColumns(plan: TablePlan): string[] {
  return plan.columns.filter((column) => encoderOf(column) === null).map(({ name }) => name);
}
