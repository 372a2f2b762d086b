/**
 * What of a table has changed since the load was planned, as far as the plan depends on it: rows are written together
 * because no trigger, key or rule of the table forbids it. What has gone from the table forbids less, and is no matter. Pure.
 */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Arbiter, TablePlan } from "../model/load-plan.ts";
import { tableName } from "../model/table-shape.ts";
import type { Column, ForeignKey, Reference, TableShape, UniqueKey } from "../model/table-shape.ts";

type Planned = Pick<
  TablePlan,
  "table" | "columns" | "arbiter" | "fold" | "emptied" | "removal" | "recordDeletes"
>;

/** `TARGET_ALTERED`, of a column that takes values in another way; `found`: `null` where it is gone. */
export function alteredColumn(
  { table }: Pick<TablePlan, "table">,
  column: string,
  { planned, found }: { readonly planned: string; readonly found: string | null },
): Error {
  const change = `its column ${column} was ${planned} when the load was planned, and is ${found ?? "gone"} now`;
  return upsurgeError("TARGET_ALTERED", { table: tableName(table.name), change });
}

/** Throws `TARGET_ALTERED` where rows can no longer be written as was planned, into the table as it is now; `null`: it is gone. */
export function refuseAlteredPlan(plan: Planned, now: TableShape | null): void {
  if (now === null) throw goneTable(plan);
  for (const { name } of plan.columns) {
    const planned = typeOf(plan.table.columns, name);
    const found = typeOf(now.columns, name);
    if (planned !== null && planned !== found) throw alteredColumn(plan, name, { planned, found });
  }
  refuseAlteredTable(plan, now);
}

/** `TARGET_ALTERED`, of a table that is not there any more. */
export function goneTable({ table }: Pick<TablePlan, "table">): Error {
  const change = "it was there when the load was planned, and is gone now, or has another name";
  return upsurgeError("TARGET_ALTERED", { table: tableName(table.name), change });
}

function typeOf(columns: readonly Column[], name: string): string | null {
  return columns.find((column) => column.name === name)?.type ?? null;
}

/** Throws `TARGET_ALTERED` where rows of the table as it is now could not be planned to be written as they were. */
export function refuseAlteredTable(plan: Planned, now: TableShape): void {
  for (const { name, type } of plan.columns) {
    const isGone = typeOf(now.columns, name) === null && typeOf(plan.table.columns, name) !== null;
    if (isGone) throw alteredColumn(plan, name, { planned: type, found: null });
  }
  const change =
    newTrigger(plan, now) ??
    newKey(plan, now) ??
    newReference(plan, now) ??
    changedColumn(plan, now) ??
    newRule(plan, now) ??
    newImageRule(plan, now);
  if (change === null) return;
  throw upsurgeError("TARGET_ALTERED", { table: tableName(plan.table.name), change });
}

/** Those of `now` that are not among `before`, whatever they are called. */
function added<T extends { readonly name: string | null }>(
  before: readonly T[],
  now: readonly T[],
): readonly T[] {
  const textOf = (each: T): string => JSON.stringify({ ...each, name: null });
  const known = new Set(before.map(textOf));
  return now.filter((each) => !known.has(textOf(each)));
}

function newTrigger({ table }: Planned, { triggers }: TableShape): string | null {
  const [trigger] = added(table.triggers, triggers);
  if (trigger === undefined) return null;
  const was = table.triggers.some(({ name }) => name === trigger.name);
  return was
    ? `its trigger ${trigger.name} is not what it was when the load was planned`
    : `its trigger ${trigger.name} was not there, or not enabled, when the load was planned`;
}

function newKey({ table, arbiter }: Planned, { uniqueKeys }: TableShape): string | null {
  const decides = arbiter === null ? undefined : keyOf(arbiter, table.uniqueKeys);
  if (decides !== undefined && added(uniqueKeys, [decides]).length > 0) {
    return `its unique key ${keyText(decides)}, which the load finds rows by, is gone or is another one`;
  }
  const [key] = added(table.uniqueKeys, uniqueKeys);
  return key === undefined ? null : `its unique key ${keyText(key)} ${NOT_THERE}`;
}

/** The key that an arbiter stands for: by its name or, where the database gives it none, by what it is over. */
function keyOf(
  { name, kind, keyExpressions }: Arbiter,
  keys: readonly UniqueKey[],
): UniqueKey | undefined {
  if (kind === "any") return undefined;
  const over = JSON.stringify(keyExpressions.toSorted());
  const isOver = (key: UniqueKey): boolean =>
    key.name === null && JSON.stringify(key.keyExpressions.toSorted()) === over;
  return keys.find((key) => key.name !== null && key.name === name) ?? keys.find(isOver);
}

const NOT_THERE = "was not there when the load was planned";

function keyText({ name, keyExpressions }: UniqueKey): string {
  const columns = `(${keyExpressions.join(", ")})`;
  return name === null ? columns : `${name} ${columns}`;
}

function newReference(plan: Planned, now: TableShape): string | null {
  const { table } = plan;
  const [own] = added<ForeignKey>(table.foreignKeys, now.foreignKeys);
  if (own !== undefined) {
    return `its foreign key ${own.name ?? `(${own.columns.join(", ")})`} ${NOT_THERE}`;
  }
  if ([plan.emptied, plan.removal, plan.recordDeletes].every((each) => each === undefined)) {
    return null;
  }
  // Whoever refers to a row hears of its end.
  const [other] = added<Reference>(table.referredBy ?? [], now.referredBy ?? []);
  return other === undefined
    ? null
    : `the foreign key of ${tableName(other.table)} that refers to it ${NOT_THERE}`;
}

function changedColumn({ table, arbiter }: Planned, { columns }: TableShape): string | null {
  for (const column of columns) {
    const before = table.columns.find(({ name }) => name === column.name);
    const change = before === undefined ? null : columnChange(before, column, arbiter);
    if (change !== null) return `its column ${column.name} ${change}`;
  }
  return null;
}

function columnChange(
  before: Column,
  { nullable, generatedSql }: Column,
  arbiter: Planned["arbiter"],
): string | null {
  if (generatedSql !== before.generatedSql) {
    return "is generated in another way than when the load was planned";
  }
  if (nullable === before.nullable) return null;
  if (!nullable) return "took NULL when the load was planned, and does not now";
  const isKey = arbiter?.columns.includes(before.name) === true;
  return isKey ? "took no NULL when the load was planned, and does now" : null;
}

function newRule({ table }: Planned, { rewritten, checked }: TableShape): string | null {
  if (rewritten && !table.rewritten) {
    return "row security applies to it, or it has rules, which was not so when the load was planned";
  }
  if (!checked || table.checked) return null;
  return "it has a check, or a type that checks, which it had not when the load was planned";
}

/** What images of rows that are never stored must pass, where repeats of a key are folded. */
function newImageRule({ table, fold }: Planned, { images }: TableShape): string | null {
  if (fold === undefined) return null;
  const before = table.images;
  const isNew = (rule: "checks" | "indexed" | "seen") => (sql: string) =>
    before?.[rule].includes(sql) !== true;
  // A partition brings conditions of its own, on columns that are looked at anyway.
  const others = table.columns.filter(({ name }) => !fold.shown.includes(name));
  const mentions = (sql: string): boolean => others.some(({ name }) => sql.includes(name));
  const { checks = [], indexed = [], seen = [] } = images ?? {};
  const check = checks.find(isNew("checks"));
  if (check !== undefined) return `its check ${check} ${NOT_THERE}`;
  if (indexed.some(isNew("indexed")) || seen.filter(isNew("seen")).some(mentions)) {
    return "it has an index, or a partition, on a column that had none when the load was planned";
  }
  return null;
}
