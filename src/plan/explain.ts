/** Says why a plan is as it is, and what to watch. */
import { formatCount } from "../errors/format.ts";
import { describeKey } from "../errors/key-flags.ts";
import type {
  Arbiter,
  Isolation,
  KeyOrigin,
  LoadPlan,
  Mode,
  Partitioning,
} from "../model/load-plan.ts";
import type { Options } from "../options/options.ts";
import type { TableShape } from "../model/table-shape.ts";
import type { Capabilities } from "../targets/capabilities.ts";
import { explainOrigin } from "./key/primary-key.ts";
import type { Choice } from "./strategy.ts";

/** What was decided. */
export interface PlanDecisions {
  readonly shape: TableShape;
  readonly mode: Mode;
  readonly arbiter: Arbiter | null;
  readonly keyOrigin: KeyOrigin | null;
  readonly strategy: Choice<string>;
  readonly rowSource: Choice<string>;
  readonly isolation: Isolation;
  /** The columns that a known field or constant fills. */
  readonly named: ReadonlySet<string>;
  readonly capabilities: Pick<Capabilities, "advancesIdentity">;
  /** Sequences are moved after the load, which is said by itself. */
  readonly options: Pick<Options, "syncSequences">;
}

/** One sentence per decision. */
export function explain(decisions: PlanDecisions): string[] {
  const { shape, mode, arbiter, strategy, rowSource, isolation } = decisions;
  const key = shape.uniqueKeys.find((each) => each.name !== null && each.name === arbiter?.name);
  const origin = explainOrigin(shape, decisions.keyOrigin);
  const decider =
    arbiter?.kind === "any"
      ? "any unique key decides conflicts"
      : `${key === undefined ? `(${arbiter?.keyExpressions.join(", ") ?? ""})` : describeKey(key)} decides conflicts`;
  return [
    `mode ${mode}${arbiter === null ? "" : `: ${decider}`}`,
    ...(origin === null ? [] : [origin]),
    `strategy ${strategy.chosen}: ${strategy.why}`,
    `row source ${rowSource.chosen}: ${rowSource.why}`,
    ...(isolation.rowByRow === null ? [] : [`one row at a time: ${isolation.rowByRow}`]),
    ...(isolation.rowByRow !== null || isolation.inFileOrder === null
      ? []
      : [`in file order: ${isolation.inFileOrder}`]),
    ...explainIds(decisions),
  ];
}

/** Ids that the database would make come from the source, and its sequence does not learn of them. */
function explainIds({ shape, named, capabilities, options }: PlanDecisions): string[] {
  const given = shape.columns.find(
    ({ name, identity }) => (identity === "always" || identity === "by-default") && named.has(name),
  );
  if (given === undefined || capabilities.advancesIdentity === true || options.syncSequences)
    return [];
  return [
    `ids for ${given.name} come from the source, which does not move its sequence; the load says at its end if the sequence is behind them, and --sync-sequences moves it`,
  ];
}

/** Sentences on commits and writers, where the user asked for either. */
export function explainRun(
  { commitRows }: Pick<LoadPlan, "commitRows">,
  { chosen, why }: Choice<Partitioning>,
  remembered: boolean,
): string[] {
  const otherwise = remembered
    ? "a load that stops goes on there when it is run again"
    : "what is committed stays when the load fails, and is applied again when it is run again";
  return [
    ...(commitRows === null ? [] : [`commit every ${commitRows} records: ${otherwise}`]),
    ...(why === ""
      ? []
      : [`${chosen.writers === 1 ? "one writer" : `${chosen.writers} writers`}: ${why}`]),
    ...(chosen.writers === 1 ? [] : [adviseWriters(chosen.writers)]),
  ];
}

/** Each writer is a process of the server's at work; one more core reads and encodes for all of them. */
function adviseWriters(writers: number): string {
  return `several writers are faster than one where the server has ${writers} cores to spare for them, and this process one of its own; on fewer cores they only cost more`;
}

/** What the size of batches has to do with locks, where a statement with many makes the server lock the table. */
export function explainLocks(
  batchRows: number,
  { rowByRow }: Isolation,
  { escalation }: Pick<Capabilities, "escalation">,
): { readonly why: readonly string[]; readonly warnings: readonly string[] } {
  if (escalation === undefined || rowByRow !== null) return { why: [], warnings: [] };
  const { locks, locksPerRow } = escalation;
  const most = Math.ceil(locks / locksPerRow) - 1;
  const rows = `batches of ${formatCount(batchRows)}: up to ${formatCount(batchRows * locksPerRow)} locks a statement`;
  const rule = `with ${formatCount(locks)} the server tries to lock the whole table until the commit`;
  if (batchRows <= most) return { why: [`${rows}; ${rule}`], warnings: [] };
  const fix = `pass --batch-rows ${most} or less, or leave it out`;
  return { why: [], warnings: [`${rows}; ${rule}: ${fix}`] };
}

/** How the source is read; `slowPathReason` tells why all of it must be read record by record. */
export function explainReadingPath(slowPathReason: string | null): string[] {
  return [
    slowPathReason === null
      ? "fields are taken from the bytes of the source; only a batch with a record out of the ordinary is read record by record"
      : `every record is read by itself, which is slower: ${slowPathReason}`,
  ];
}
