/** What a target can do. The planner asks this and never a name. Types only. */
import type { RowSource } from "../model/load-plan.ts";
import type { MadeValue } from "../model/nest/made-keys.ts";
import type { Column, TableShape, ValueForm } from "../model/table-shape.ts";
import type { TextForm } from "../model/text-form.ts";
import type { MethodCapabilities } from "./method-capabilities.ts";

/** What a target can do; the planner asks this and never a name. What is left out it cannot do. */
export interface Capabilities {
  /** First is the default. */
  readonly rowSources: readonly RowSource[];
  /** False when the engine applies one row at a time as cheaply as many: no staging, no waves. */
  readonly setBased: boolean;
  /** The methods of writing it has. */
  readonly methods: MethodCapabilities;
  /** The native upsert takes any columns as its key, indexed or not, and NULLs as equal on request (MERGE's ON). */
  readonly upsertsWithoutIndex?: boolean;
  /**
   * The native upsert takes its rows in turn: a key that repeats fails with class `repeat`, other unique keys are held row
   * by row. False: it takes them all at once (MERGE), so repeats must be looked for and unique keys hold at its end only.
   */
  readonly appliesRowsInOrder: boolean;
  /** Why the native upsert is not taken unless it is asked for, as a clause; absent where it is. */
  readonly nativeDoubt?: string;
  /** Ignore mode can name "any unique key". */
  readonly anyConstraint?: boolean;
  /** Unique constraints may be DEFERRABLE: checked when the statement or the transaction ends, not row by row. */
  readonly defersKeys?: boolean;
  /** Ids that rows bring move the counter of an identity column along. */
  readonly advancesIdentity?: boolean;
  /** Upserts through a view. */
  readonly upsertsViews?: boolean;
  /** Inserted and updated rows can be told apart on partitioned tables and views by the native statement alone. */
  readonly countsPartitioned: boolean;
  /** Packed batches are taken as they are; otherwise there is no use in reading them so. */
  readonly acceptsPackedBatches?: boolean;
  /** Text may hold U+0000. */
  readonly storesNul?: boolean;
  /** The code the database gives for a NULL in a NOT NULL column. */
  readonly notNullCode: string;
  readonly batchRows: number;
  /** The most records to commit at once: the server changes no more rows in a transaction. Absent: as many as there are. */
  readonly commitRows?: number;
  /** A statement that takes many locks makes the server lock the whole table instead; absent: it never does. */
  readonly escalation?: LockEscalation;
  /** A batch of short records is the better the more of them it has, up to so many. */
  readonly shortRows?: number;
  /** A COMMIT in SQL of the user's ends the transaction of the load; absent: it only takes one from a count. */
  readonly commitsAtOnce?: true;
  /** Why SQL of the user's is not run in the transaction of a load, as a clause; absent: it is. */
  readonly scriptObstacle?: string;
  /** TRUNCATE sets the counter of an identity column back to its start. */
  readonly truncateResetsIdentity?: true;
  /** Several sessions may write to a table at once without waiting for each other. */
  readonly parallel?: boolean;
  /** Looking rows up locks the table, which takes the privilege to update it, even where nothing is updated. */
  readonly lookupNeedsUpdatePrivilege?: true;
  /** What to do about dates that begin with the day (`DMY`) or the month, as a fix; absent: write them as YYYY-MM-DD. */
  readonly dateOrder?: (order: "DMY" | "MDY") => string;
  /** What to do about a row that a check without a name refuses, as a fix; absent or `null`: what is done about any check. */
  readonly namelessCheck?: (table: TableShape, dbCode: string | null) => string | null;
  /** The expression of `--value` that makes a value of a type of the text of a field; absent or `null`: the target knows none. */
  readonly madeOf?: (form: TextForm, field: string, type: string) => string | null;
  /** How the value of a column is made that a row leaves to the database; absent or `null`: it is not made, or nothing tells it. */
  readonly made?: (column: Column) => MadeValue | null;
  /** How JSON's true and false are spelled for columns that are not text; absent: the database reads the words. */
  readonly booleans?: { readonly true: string; readonly false: string };
  /** What stands before the hexadecimal digits of bytes; absent: nothing. */
  readonly bytesPrefix?: string;
  /** The type of a column that holds bytes, as `--type` takes it. */
  readonly bytesType: string;
  /** The text of a JSON array or object, verbatim, in a form. Throws a `RangeError` that follows "the value" where there is none. */
  readonly structureText?: (json: string, form: ValueForm) => string;
}

/** When a server gives up locks on rows for one on the whole table. */
export interface LockEscalation {
  /** The locks that a row of a batch takes at most, as a rule. */
  readonly locksPerRow: number;
  /** So many locks of one statement on one index are the end of them. */
  readonly locks: number;
}
