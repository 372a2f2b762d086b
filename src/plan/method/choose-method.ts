/**
 * Decides how the rows of a table are written, and what is gone to where that turns out not to work while loading. Pure. The
 * target says what it can do in `targets/method-capabilities.ts`; it asks nothing of this again.
 */
import { fires } from "../../model/table-shape.ts";
import type { RecordDeletes, TablePlan } from "../../model/load-plan.ts";
import type {
  KeptRecords,
  MergeMethod,
  Method,
  StatementMethod,
  WriteMethod,
} from "../../model/plan/write-method.ts";
import { foldOf } from "./choose-fold.ts";
import type { Capabilities } from "../../targets/capabilities.ts";
import type { MethodCapabilities } from "../../targets/method-capabilities.ts";

/** A plan whose method is to be decided, as is that of the records that delete. */
export interface UndecidedPlan extends Omit<TablePlan, "method" | "kept" | "recordDeletes"> {
  readonly recordDeletes?: Pick<RecordDeletes, "when"> & { readonly plan: UndecidedPlan };
}

/** What the choice depends on, beside the plan. */
export interface MethodRequest {
  readonly capabilities: Pick<Capabilities, "methods" | "setBased">;
  readonly quoteIdentifier: (name: string) => string;
  /** The columns that a known field, a constant or a look-up fills. */
  readonly named: ReadonlySet<string>;
}

/** The plan with its method, and that of the records that delete. */
export function withMethod(plan: UndecidedPlan, request: MethodRequest): TablePlan {
  const { recordDeletes, ...rest } = plan;
  const deletes =
    recordDeletes === undefined
      ? {}
      : { recordDeletes: { ...recordDeletes, plan: withMethod(recordDeletes.plan, request) } };
  const method = chooseMethod(plan, request);
  const chosen = { ...rest, ...deletes, method, kept: keptOf(plan) };
  const { folds } = request.capabilities.methods;
  return folds === undefined
    ? chosen
    : { ...chosen, ...foldOf(chosen, folds, request.quoteIdentifier) };
}

/** How the rows of the plan are written. */
function chooseMethod(plan: UndecidedPlan, request: MethodRequest): WriteMethod {
  const { methods } = request.capabilities;
  const proposes = mustPropose(plan, methods);
  const statement = statementOf(plan, methods, proposes);
  const { arbiter, mode, strategy } = plan;
  const decided = {
    statement,
    key: mode !== "insert" && arbiter?.kind === "expressions" ? arbiter : null,
    byIndex: findsByIndex(plan),
    proposes,
    locks: strategy === "select-then-write" || mode === "update" || plan.uncounted,
    stages: stagesOf(plan, methods),
  };
  const merges = mergeMethod(plan, decided, methods);
  return { ...orderOf(plan, { ...decided, merges }, request), ...decided, merges };
}

type Decided = Omit<WriteMethod, "name" | "fallBacks" | "why">;

/** The methods, the fastest first, each with its reason. */
function orderOf(
  plan: UndecidedPlan,
  decided: Decided,
  { capabilities, named }: MethodRequest,
): Pick<WriteMethod, "name" | "fallBacks" | "why"> {
  const rowByRow = rowByRowReason(plan, decided);
  if (rowByRow !== null) {
    const each = `one row at a time: ${rowByRow}`;
    return { name: "row-by-row", fallBacks: [], why: [each, EACH[decided.statement]] };
  }
  const { methods } = capabilities;
  const copies = mayCopy(plan, decided, { methods, named });
  const { merge } = methods;
  const chain: (readonly [Method, string])[] = [
    ...(copies ? [["copy", copyReason(plan)] as const] : []),
    ...(decided.merges !== null && merge !== undefined
      ? [[decided.merges, merge.why] as const]
      : []),
    [decided.statement, STAGED[decided.statement]],
    ...lastResort(decided, capabilities),
  ];
  const [[name] = [decided.statement], ...others] = chain;
  return { name, fallBacks: others.map(([each]) => each), why: chain.map(([, why]) => why) };
}

/** An engine that takes one row at a time has nothing to fall back on but for statements of several rows. */
function lastResort(
  { statement }: Decided,
  { setBased }: Pick<Capabilities, "setBased">,
): (readonly [Method, string])[] {
  if (!setBased && statement === "look-then-write") return [];
  return [
    ["row-by-row", "where the database refuses a batch, each of its rows by itself, to tell which"],
  ];
}

/** What staged rows are written by. */
const STAGED: Readonly<Record<StatementMethod, string>> = {
  insert: "INSERT of the rows; a record whose key is there is refused",
  upsert: "INSERT … ON CONFLICT: the unique index decides, row by row",
  merge: "MERGE under a lock on the range of keys, once no key repeats among the rows",
  "look-then-write": "the rows that are there are looked up, then those that change are written",
};

/** What a row by itself is written by. */
const EACH: Readonly<Record<StatementMethod, string>> = {
  insert: "each row is an INSERT",
  upsert: "each row is an INSERT … ON CONFLICT",
  merge: "each row is looked up, then a MERGE",
  "look-then-write": "each row is looked up, then written",
};

/** Why no rows are taken together; `null` where they may be. */
function rowByRowReason(plan: UndecidedPlan, { stages }: Pick<Decided, "stages">): string | null {
  if (plan.isolation.rowByRow !== null) return plan.isolation.rowByRow;
  if (stages !== null) return null;
  return `${plan.columns.length} columns and two of our own are more than a table to stage rows in may have`;
}

function copyReason({ mode }: UndecidedPlan): string {
  return mode === "insert"
    ? "copied straight into the table; a batch with a fault goes through the stage"
    : "copied straight into the table while all rows are new: from an empty table on, or once batches bring nothing else";
}

/** True when rows could be copied into the table if all of them are new. */
function mayCopy(
  plan: UndecidedPlan,
  { byIndex }: Pick<Decided, "byIndex">,
  {
    methods: { copy },
    named,
  }: { readonly methods: MethodCapabilities } & Pick<MethodRequest, "named">,
): boolean {
  if (copy === undefined || plan.rowSource !== "staged" || plan.update.stamps.length > 0)
    return false;
  if (!copy.kinds.includes(plan.table.kind)) return false;
  if (copy.takes?.(plan, named) === false) return false;
  if (!copy.mayMeetRows) return plan.mode === "insert";
  return plan.mode !== "update" && (plan.strategy === "native" || byIndex);
}

/**
 * The merge that does what the upsert would: rows in any order, a key of columns that compare with their own operators, and
 * nothing that a proposed row could meet but its key. The stage checks what the upsert checks on proposed rows.
 */
function mergeMethod(
  plan: UndecidedPlan,
  { byIndex, stages, statement }: Pick<Decided, "byIndex" | "stages" | "statement">,
  { merge }: MethodCapabilities,
): MergeMethod | null {
  if (merge === undefined || plan.mode !== "upsert" || statement !== "upsert") return null;
  if (plan.strategy !== "native" || !byIndex || stages !== "table") return null;
  const { isolation, table, update } = plan;
  if (isolation.rowByRow !== null || isolation.inFileOrder !== null || plan.uncounted) return null;
  if (update.stamps.length > 0 || table.kind === "view") return null;
  if (merge.takes?.(update) === false) return null;
  const keys = table.columns.filter(({ name }) => plan.arbiter?.columns.includes(name));
  return keys.every(({ type }) => merge.compares(type)) ? merge.method : null;
}

function statementOf(
  { mode, strategy, arbiter }: UndecidedPlan,
  { native, proposal }: MethodCapabilities,
  proposes: boolean,
): StatementMethod {
  if (mode === "insert") return "insert";
  if (mode === "update") return "look-then-write";
  if (strategy === "native") return native;
  // A conflict on whatever key shows when the row is written.
  if (arbiter?.kind !== "expressions") return "insert";
  return proposes && proposal?.byUpsert === true ? "upsert" : "look-then-write";
}

/** What says whether rows are proposed for insertion, although they are looked up. */
type Proposing = Pick<UndecidedPlan, "arbiter" | "table" | "mode" | "strategy" | "nullKey">;

/** True when rows meet those of the table in the native upsert, whatever the strategy is. */
export function meetsByUpsert(plan: Proposing, methods: MethodCapabilities): boolean {
  if (plan.strategy === "native") return true;
  return methods.proposal?.byUpsert === true && mustPropose(plan, methods);
}

/**
 * True when BEFORE INSERT triggers fire and a unique index decides: the native upsert fires them for every proposed row
 * and lets them change it, its key included. Looking up could not do the same.
 */
function mustPropose(plan: Proposing, { proposal }: MethodCapabilities): boolean {
  const { arbiter, table, mode, strategy, nullKey } = plan;
  if (proposal === undefined || strategy === "native") return false;
  if (mode === "insert" || mode === "update") return false;
  const level = proposal.rowTriggersOnly ? "row" : undefined;
  const decides = arbiter?.kind === "expressions" && arbiter.name !== null;
  return (
    fires(table, "before", "insert", level) &&
    decides &&
    table.kind !== "view" &&
    nullKey !== "match"
  );
}

/** True when the key is one of plain columns, with an index that compares as they do: an equality finds its rows by it. */
function findsByIndex({ arbiter, table }: UndecidedPlan): boolean {
  if (arbiter?.kind !== "expressions" || !arbiter.plain || arbiter.predicate !== null) return false;
  const key = table.uniqueKeys.find(({ name }) => name === arbiter.name);
  return key?.standard === true && !arbiter.nullsEqual;
}

function stagesOf(
  { table, columns }: UndecidedPlan,
  { stagedColumns = Number.POSITIVE_INFINITY }: MethodCapabilities,
): WriteMethod["stages"] {
  if (table.columns.length <= stagedColumns) return "table";
  return columns.length <= stagedColumns ? "carried" : null;
}

function keptOf({ removal, comparison }: UndecidedPlan): KeptRecords {
  return {
    keys: removal !== undefined || (comparison?.keyColumns ?? null) !== null,
    othersOut: removal !== undefined || comparison !== undefined,
  };
}
