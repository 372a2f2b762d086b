/** Refuses loads that cannot succeed for any record: a key or a required column that nothing fills, a missing privilege. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Arbiter, Mode } from "../model/load-plan.ts";
import type { Column, TableShape } from "../model/table-shape.ts";
import type { Options } from "../options/options.ts";
import { tableLabel } from "./names.ts";

/** What a load brings, to be held against what the table wants. */
export interface Requirements {
  readonly mode: Mode;
  readonly arbiter: Arbiter | null;
  readonly nullKey: Options["nullKey"];
  /** The source's fields, for messages. */
  readonly fields: readonly string[];
  /** The columns that fields, constants and stamps fill. */
  readonly given: ReadonlySet<string>;
}

/** Throws `PLAN_PRIVILEGE`, `PLAN_KEY_NOT_IN_SOURCE`, `PLAN_REQUIRED_COLUMN`. */
export function refuseMissing(shape: TableShape, requirements: Requirements): void {
  const { mode, arbiter, nullKey, fields, given } = requirements;
  refusePrivileges(shape, mode);
  if (fields.length === 0 && given.size === 0) return;
  const key = arbiter?.plain === true ? arbiter.columns : [];
  const unkeyed = key.find((column) => !given.has(column));
  if (unkeyed !== undefined && nullKey !== "insert") {
    throw upsurgeError("PLAN_KEY_NOT_IN_SOURCE", { column: unkeyed, fields: fields.join(", ") });
  }
  const filled = shape.triggers.some(
    (trigger) => trigger.timing !== "after" && trigger.events.includes("insert"),
  );
  if (mode === "update" || filled) return;
  const required = shape.columns.find((column) => isRequired(column) && !given.has(column.name));
  if (required === undefined || shape.kind === "view") return;
  throw upsurgeError("PLAN_REQUIRED_COLUMN", {
    column: required.name,
    table: tableLabel(shape),
    mode,
  });
}

function isRequired(column: Column): boolean {
  const { nullable, defaultSql, identity, generatedSql } = column;
  return !nullable && defaultSql === null && identity === null && generatedSql === null;
}

function refusePrivileges(shape: TableShape, mode: Mode): void {
  const needed: Record<Mode, readonly string[]> = {
    upsert: ["insert", "update", "select"],
    insert: ["insert"],
    ignore: ["insert"],
    update: ["update", "select"],
  };
  const table = tableLabel(shape);
  const missing = [...needed[mode], "temporary"].find((each) =>
    shape.missingPrivileges.includes(each),
  );
  if (missing === undefined) return;
  const suggestion =
    missing === "temporary"
      ? "grant temporary on database DATABASE to USER; batches are staged in a temporary table"
      : `grant ${needed[mode].join(", ")} on ${table} to USER`;
  throw upsurgeError("PLAN_PRIVILEGE", {
    privilege: missing === "temporary" ? "temporary tables in the database" : missing,
    table,
    suggestion,
  });
}
