/**
 * Whether records that hold others may be shared out among several writers by the key of their own rows: only where no two
 * records with different keys have a row in common, on any level. Pure.
 */
import type { Arbiter, TablePlan } from "../../model/load-plan.ts";
import type { NestLevel, NestPlan } from "../../model/nest/nest-plan.ts";
import type { UniqueKey } from "../../model/table-shape.ts";
import { levelName } from "../../options/nest/nest-levels.ts";
import { orderReason } from "../isolation.ts";
import type { IsolationRequest } from "../isolation.ts";
import { keyName } from "../key/key-name.ts";
import { tableLabel } from "../names.ts";
import { deciderOf, mayCollide, tableObstacle } from "../partitioning.ts";

/** Levels with their plans. */
export interface SharedLevels {
  readonly nest: NestPlan;
  /** The records' own first. */
  readonly tables: readonly TablePlan[];
  /** What couples the rows of each level, in their order. */
  readonly together: readonly IsolationRequest[];
}

/** A level with what it is decided by. */
interface SharedLevel {
  readonly level: NestLevel;
  readonly plan: TablePlan;
  readonly parent: TablePlan;
  readonly together: IsolationRequest;
  /** The columns by which a row of the parent's table belongs to its record; `null`: rows of it belong to none. */
  readonly ofParent: readonly string[] | null;
}

/** Why records with different keys may meet on a level; `null`: they do not. `key` is that of the records' own rows. */
export function levelsObstacle(
  { nest, tables, together }: SharedLevels,
  key: Arbiter | null,
): string | null {
  if (nest.eachRecord !== null) return nest.eachRecord;
  const owned = new Map<number, readonly string[] | null>([[0, key?.columns ?? null]]);
  for (const [place, level] of nest.levels.entries()) {
    const [plan, parent] = [tables[level.at], tables[level.parentAt]];
    const request = together[place];
    if (plan === undefined || parent === undefined || request === undefined) continue;
    // What is only looked up stays as it is.
    if (level.finds) {
      owned.set(level.at, null);
      continue;
    }
    const ofParent = owned.get(level.parentAt) ?? null;
    const shared: SharedLevel = { level, plan, parent, together: request, ofParent };
    const reason = levelObstacle(shared);
    if (reason !== null) return `${levelName(level.path)}: ${reason}`;
    owned.set(level.at, ownColumns(shared));
  }
  return null;
}

function levelObstacle(shared: SharedLevel): string | null {
  const { level, plan, parent, together, ofParent } = shared;
  if (plan.missing !== undefined)
    return "the rows that records do not mention are counted by one writer, against --max-delete";
  if (level.relation === "object")
    return `several records may refer to the same row of ${tableLabel(plan.table)}`;
  const referred = level.links.map(({ refersTo }) => refersTo.name);
  if (ofParent === null || !ofParent.every((name) => referred.includes(name)))
    return `its rows are not linked by the key of ${tableLabel(parent.table)}`;
  const other = level.links.find(({ column, refersTo }) => column.type !== refersTo.type);
  if (other !== undefined)
    return `${other.column.name} (${other.column.type}) may hold keys alike that differ in ${other.refersTo.name} (${other.refersTo.type})`;
  const own = ownColumns(shared);
  const key = plan.table.uniqueKeys.find(
    (each) => mayCollide(each, plan) && !(isUsual(each) && own.every((name) => has(each, name))),
  );
  if (key !== undefined)
    return `rows of several records may meet in the unique key ${keyName(key)}`;
  return tableObstacle(plan) ?? orderReason(plan.table, { ...together, arbiter: deciderOf(plan) });
}

/** The linking columns that say which record a row belongs to. */
function ownColumns({ level, ofParent }: Pick<SharedLevel, "level" | "ofParent">): string[] {
  return level.links.flatMap(({ column, refersTo }) =>
    ofParent?.includes(refersTo.name) === true ? [column.name] : [],
  );
}

/** It compares whole values, as the key of the parent does. */
function isUsual({ kind, standard }: UniqueKey): boolean {
  return kind === "unique" && standard === true;
}

function has({ columns }: UniqueKey, name: string): boolean {
  return columns.includes(name);
}
