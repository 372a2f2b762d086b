/** What a target can do of the methods of writing, which may depend on the server's version; `src/plan/method/choose-method.ts` chooses among them. */
import type { TablePlan, UpdateRule } from "../model/load-plan.ts";
import type { MergeMethod } from "../model/plan/write-method.ts";
import type { TableShape } from "../model/table-shape.ts";

/** The methods of a target. Reasons are sentences for `upsurge plan`. */
export interface MethodCapabilities {
  /** The statement of its native upsert. */
  readonly native: "upsert" | "merge";
  /** Beside an upsert, a merge of staged rows in which no key repeats; absent: it has none, or gains nothing by it. */
  readonly merge?: MergeCapability;
  /** Batches straight into the table; absent: none. */
  readonly copy?: CopyCapability;
  /** How rows are proposed that BEFORE INSERT triggers must see, though they are looked up; absent: it has no such triggers. */
  readonly proposal?: ProposalCapability;
  /** How it folds the repeats of a key; absent: it does not. */
  readonly folds?: FoldCapability;
  /** The most columns of rows that can be staged; absent: as many as a table has. */
  readonly stagedColumns?: number;
}

/** Repeats of a key that are worked out on one image of their row. */
export interface FoldCapability {
  /** False for a type whose operators its name alone does not find: those of another type would be taken. */
  compares(type: string): boolean;
}

/** A merge that does what the upsert would. */
export interface MergeCapability {
  readonly method: MergeMethod;
  readonly why: string;
  /** False for a type whose operators its name alone does not find: a merge would compare keys in another way. */
  compares(type: string): boolean;
  /** What it cannot do of updates; absent: nothing. */
  takes?(update: UpdateRule): boolean;
}

/** A bulk load straight into a table. */
export interface CopyCapability {
  readonly kinds: readonly TableShape["kind"][];
  /** A batch that meets a row is undone and goes another way, so that modes with a key may try. False: mode insert only. */
  readonly mayMeetRows: boolean;
  /** What a copy cannot do with the table or the columns, `known` to be carried; absent: nothing. */
  takes?(plan: Pick<TablePlan, "table" | "columns">, known: ReadonlySet<string>): boolean;
}

/** How rows are proposed. */
export interface ProposalCapability {
  /** The native statement serves, under the lock of look-then-write; false: an insert that notes a conflict, then an update. */
  readonly byUpsert: boolean;
  /** Only triggers that run for each row count. */
  readonly rowTriggersOnly: boolean;
}
