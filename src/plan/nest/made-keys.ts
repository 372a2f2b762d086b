/**
 * Keys that the database makes of rows that have no other: they are taken before the row is written, or its writer tells them,
 * so that other rows can refer to it. Pure.
 */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { MadeKeys } from "../../model/nest/made-keys.ts";
import { keepsRows } from "../../model/table-shape.ts";
import type { Column, TableShape, UniqueKey } from "../../model/table-shape.ts";
import type { Capabilities } from "../../targets/capabilities.ts";
import { tableLabel } from "../names.ts";

/** What is known of a table when its keys are decided on. */
export interface MadeRequest extends Pick<TablePlan, "mode" | "arbiter"> {
  readonly shape: TableShape;
  /** The columns that rows of other levels refer to; absent: none. */
  readonly referred?: readonly Column[];
  /** The columns that a known field, a constant, an expression, a look-up or a link fills. */
  readonly named: ReadonlySet<string>;
  readonly capabilities: Pick<Capabilities, "made">;
  readonly quoteIdentifier: (name: string) => string;
}

/** The keys that the database makes; `null`: its rows are found by their key, or nothing refers to them. Throws `PLAN_PRIVILEGE`. */
function chooseMade(request: MadeRequest): MadeKeys | null {
  const { mode, arbiter, shape, referred = [], named, capabilities } = request;
  if (mode !== "insert" || arbiter !== null || referred.length === 0) return null;
  const isTable = keepsRows(shape);
  if (!isTable || shape.uniqueKeys.some((key) => isCertain(key, shape, named))) return null;
  const before: { column: Column; sql: string }[] = [];
  const written: Column[] = [];
  for (const column of referred) {
    const made = capabilities.made?.(column) ?? null;
    if (made === null) continue;
    refuseSequence(column, request);
    if (made.kind === "before") before.push({ column, sql: made.sql });
    else written.push(column);
  }
  return before.length + written.length === 0 ? null : { before, written };
}

/** A key that each row is bound to have whole, so that it is found by it. */
function isCertain(
  { kind, predicate, standard, columns }: UniqueKey,
  shape: TableShape,
  named: ReadonlySet<string>,
): boolean {
  if (kind !== "unique" || predicate !== null || standard === false) return false;
  return columns.every((name) => {
    const column = shape.columns.find((each) => each.name === name);
    if (column === undefined || !named.has(column.name)) return false;
    const { nullable, identity, defaultSql } = column;
    return !nullable && identity === null && defaultSql === null;
  });
}

/** An insert takes the next number of an identity column for everyone, and a query for those alone who may use its sequence. */
function refuseSequence({ sequence }: Column, { shape, quoteIdentifier }: MadeRequest): void {
  if (sequence?.mayUse !== false) return;
  const { user } = shape.grantee ?? { user: null };
  const grantee = user === null ? "USER" : quoteIdentifier(user);
  const suggestion = `grant usage on sequence ${sequence.name} to ${grantee}`;
  const privilege = `usage of the sequence ${sequence.name}`;
  throw upsurgeError("PLAN_PRIVILEGE", { privilege, table: tableLabel(shape), suggestion });
}

/** The keys that the database makes, and what they mean for the plan. */
export interface MadePlan {
  readonly chosen: Pick<TablePlan, "made">;
  /** The columns that rows carry once their keys are taken. */
  readonly carried: readonly Column[];
  readonly bringsIds: boolean;
  /** Why rows are written one at a time; `null`: they need not be. */
  readonly eachRecord: string | null;
  readonly why: readonly string[];
}

const NONE: MadePlan = { chosen: {}, carried: [], bringsIds: false, eachRecord: null, why: [] };

/** Throws `PLAN_PRIVILEGE`. */
export function planMade(request: MadeRequest): MadePlan {
  const made = chooseMade(request);
  if (made === null) return NONE;
  const carried = made.before.map(({ column }) => column);
  const untold = made.written.find(({ name }) => !request.named.has(name));
  const eachRecord = `rows of other levels refer to ${untold?.name ?? ""}, which the database tells of each row by itself`;
  return {
    chosen: { made },
    carried,
    bringsIds: carried.some(({ identity }) => identity === "always"),
    eachRecord: untold === undefined ? null : eachRecord,
    why: [
      ...made.before.map(
        ({ column, sql }) =>
          `${column.name} of a row without one is taken before it is written, as ${sql}: other rows refer to it`,
      ),
      ...made.written.map(
        ({ name }) =>
          `${name} of a row without one is what the database gave it: other rows refer to it`,
      ),
    ],
  };
}
