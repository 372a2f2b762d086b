/** What a load runs before and after its records: SQL of the user's, and what empties its table. Pure; the SQL is the target's. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Emptying, LoadPlan, Step, TablePlan } from "../model/load-plan.ts";
import { cascades, tableName } from "../model/table-shape.ts";
import type { TableShape } from "../model/table-shape.ts";
import type { Options } from "../options/options.ts";
import { transactionWords } from "../sql/ends-transaction.ts";
import { tableSql } from "../sql/unique-index.ts";
import type { Session } from "../targets/target.ts";
import type { Capabilities } from "../targets/capabilities.ts";
import { tableLabel } from "./names.ts";

/** What steps are made from. */
export interface StepsRequest {
  readonly shape: TableShape;
  readonly options: Options;
  readonly capabilities: Pick<
    Capabilities,
    "commitsAtOnce" | "scriptObstacle" | "truncateResetsIdentity" | "advancesIdentity"
  >;
  readonly quoteIdentifier: (name: string) => string;
  /** Absent: the target empties no tables. */
  readonly emptyTable?: Session["emptyTable"] | undefined;
}

/** How the table is emptied; the sentences say why so. */
export interface EmptyingChoice {
  readonly chosen: Pick<TablePlan, "emptied">;
  readonly why: readonly string[];
}

/** How `--truncate` goes about the table. Throws `PLAN_UNSUPPORTED` for a view. */
export function chooseEmptying(request: StepsRequest): EmptyingChoice {
  const { shape, options } = request;
  if (!options.truncate) return { chosen: {}, why: [] };
  if (shape.kind === "view") {
    throw upsurgeError(
      "PLAN_UNSUPPORTED",
      {
        what: `--truncate of the view ${tableLabel(shape)}`,
        reason: "a view has no rows of its own",
        suggestion: "name the table behind it with --table, or leave --truncate out",
      },
      { where: "--truncate" },
    );
  }
  const obstacle = truncateObstacle(request);
  const why =
    obstacle === null
      ? "the table is truncated first: nothing refers to it; readers wait until the load is committed"
      : `the rows of the table are deleted first, not truncated: ${obstacle}`;
  return { chosen: { emptied: obstacle === null ? "truncate" : "delete" }, why: [why] };
}

/** Why the table is not truncated, as a clause. What deletes rows fires triggers, and TRUNCATE does not. */
function truncateObstacle({ shape, options, capabilities }: StepsRequest): string | null {
  const { referredBy, truncateHazard, triggers, columns, rewritten, missingPrivileges } = shape;
  if (options.dryRun || options.check) return "this is a dry run";
  if (referredBy === undefined || truncateHazard === undefined) {
    return "the catalog does not say what refers to it";
  }
  const [reference] = referredBy;
  if (reference !== undefined) return `${tableName(reference.table)} refers to it`;
  if (truncateHazard !== null) return truncateHazard;
  const trigger = triggers.find(({ events }) => events.includes("delete"));
  if (trigger !== undefined) return `the trigger ${trigger.name} fires on deletes`;
  if (rewritten) return "rules or policies of the table decide on its rows";
  if (
    capabilities.truncateResetsIdentity === true &&
    columns.some(({ identity }) => identity !== null)
  ) {
    return "TRUNCATE would reset its ids";
  }
  return missingPrivileges.includes("truncate") ? "this user may not truncate it" : null;
}

/** The steps of a load, in their order: SQL of the user's still sees the rows that are deleted after it. */
export function planSteps(
  request: StepsRequest,
  emptied: Emptying | undefined,
): Pick<LoadPlan, "before" | "after"> {
  const { options } = request;
  return {
    before: [
      ...scripts("--before", options.before, request.capabilities),
      ...(emptied === undefined ? [] : emptying(request, emptied)),
    ],
    after: scripts("--after", options.after, request.capabilities),
  };
}

/** SQL of the user's as steps. Throws `PLAN_STEP` for what would end the transaction, and `PLAN_UNSUPPORTED` where none is run. */
export function scripts(
  name: string,
  given: readonly string[] | null,
  capabilities: Pick<Capabilities, "commitsAtOnce" | "scriptObstacle">,
): readonly Step[] {
  const { scriptObstacle: reason } = capabilities;
  if (reason !== undefined && (given ?? []).length > 0) {
    const when = name === "--before" ? "before the load" : "once the load is done";
    const suggestion = `run it by itself ${when}, with a tool of the server`;
    throw upsurgeError("PLAN_UNSUPPORTED", { what: name, reason, suggestion }, { where: name });
  }
  return (given ?? []).map((sql): Step => {
    const word = capabilities.commitsAtOnce === true ? transactionWords(sql) : null;
    if (word === null) return { name, kind: "script", sql };
    throw upsurgeError("PLAN_STEP", { flag: name, word }, { where: name });
  });
}

function emptying(request: StepsRequest, how: Emptying): readonly Step[] {
  const { shape, options, emptyTable } = request;
  const statements = emptyTable?.(shape, how) ?? [];
  const needsRecords = options.maxDelete === null ? ({ needsRecords: true } as const) : {};
  return [...cascadeAssertions(request), ...statements].map((step) => ({
    name: "--truncate",
    ...step,
    ...needsRecords,
  }));
}

/** The statements that move the sequences of these columns, where that was asked for. */
export function afterCommit(
  { shape, options }: Pick<StepsRequest, "shape" | "options">,
  columns: ReadonlySet<string>,
): readonly Step[] {
  if (!options.syncSequences) return [];
  return shape.columns.flatMap(({ name, sequence }) =>
    sequence === undefined || !columns.has(name)
      ? []
      : [{ name: "--sync-sequences", sql: sequence.moveSql }],
  );
}

/** Throws `PLAN_PRIVILEGE` for a sequence that is to be moved, and that this user may not set. */
export function refuseUnmovable(
  { shape, options, quoteIdentifier }: Pick<StepsRequest, "shape" | "options" | "quoteIdentifier">,
  columns: ReadonlySet<string>,
): void {
  if (!options.syncSequences || options.grants) return;
  const closed = shape.columns.find(
    ({ name, sequence }) => sequence?.maySet === false && columns.has(name),
  );
  if (closed?.sequence === undefined) return;
  const { name } = closed.sequence;
  const user = shape.grantee === undefined ? "USER" : quoteIdentifier(shape.grantee.user);
  throw upsurgeError(
    "PLAN_PRIVILEGE",
    {
      privilege: "update",
      table: `the sequence ${name}`,
      suggestion: `grant select, update on sequence ${name} to ${user}; or leave --sync-sequences out`,
    },
    { where: "--sync-sequences" },
  );
}

/** What `--sync-sequences` comes to, as sentences for `upsurge plan`. */
export function explainSync(
  { options, capabilities }: Pick<StepsRequest, "options" | "capabilities">,
  steps: readonly Step[],
): string[] {
  if (!options.syncSequences) return [];
  if (capabilities.advancesIdentity === true) {
    return ["--sync-sequences has nothing to do: this database moves its counters by itself"];
  }
  return steps.length > 0
    ? ["sequences are moved past the ids after the last commit, which cannot be undone; never back"]
    : ["--sync-sequences has nothing to do: no column that is written to has a sequence"];
}

/** Rows of other tables are not to be deleted without a word. */
function cascadeAssertions({ shape, quoteIdentifier }: StepsRequest): Omit<Step, "name">[] {
  return (shape.referredBy ?? []).filter(cascades).map(({ table, columns, name }) => {
    const referring = tableSql(table, quoteIdentifier);
    const refers = columns.map((column) => `${quoteIdentifier(column)} is not null`).join(" and ");
    return {
      kind: "assertion" as const,
      sql: `select 1 as found where exists (select 1 from ${referring} where ${refers})`,
      refusal: {
        code: "STEP_CASCADE" as const,
        details: {
          other: tableName(table),
          table: tableLabel(shape),
          constraint: name ?? "the foreign key",
        },
      },
    };
  });
}
