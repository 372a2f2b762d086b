/** How large batches are, and how much is committed at once. Pure. */
import type { LoadPlan } from "../../model/load-plan.ts";
import { formatCount } from "../../errors/format.ts";
import type { Options } from "../../options/options.ts";
import { commitEvery } from "../../options/grammar.ts";
import { refuseLargeCommits } from "../partitioning.ts";
import { servedWarnings } from "./served-commit.ts";
import type { Capabilities } from "../../targets/capabilities.ts";

/** What the size of batches depends on. */
export interface BatchRequest {
  readonly options: Options;
  readonly capabilities: Capabilities;
  /** What an answer of the server takes at least; absent: nothing worth speaking of. */
  readonly roundTripMs?: number | undefined;
}

/** The batches of a load, and why they are so large. */
export interface BatchChoice {
  readonly chosen: Pick<LoadPlan, "batchRows" | "shortRows" | "batchGrowth" | "commitRows" | "job">;
  readonly why: readonly string[];
  readonly warnings: readonly string[];
}

/** From so many milliseconds on the rows of a batch cost no more than its round trip, and it has so many times more of them. */
const GROWTH: readonly (readonly [fromMs: number, times: 2 | 4])[] = [
  [40, 4],
  [20, 2],
];

/** A batch is no larger than what is committed at once, which several fill, and the larger the longer its answer takes. */
export function chooseBatches(request: BatchRequest): BatchChoice {
  const { options, capabilities } = request;
  const rehearses = options.dryRun || options.check;
  const every = rehearses ? null : commitEvery(options.commit);
  if (every !== null) refuseLargeCommits(every, capabilities.commitRows);
  const most = every ?? Infinity;
  const usual = options.batchRows ?? capabilities.batchRows;
  const growth = most <= usual ? 1 : growthOf(request);
  const largest = Math.min(usual * growth, most);
  const isOurs = options.batchRows === null && every !== null;
  const batchRows = isOurs ? Math.floor(every / Math.ceil(every / largest)) : largest;
  const short = options.batchRows ?? capabilities.shortRows ?? usual;
  const chosen = {
    batchRows,
    shortRows: Math.min(short * growth, most),
    ...(growth === 1 ? {} : { batchGrowth: growth }),
    commitRows: every,
    // Its job is made from the plan.
    job: null,
  };
  const why = growth === 1 ? [] : [explainGrowth(request, batchRows)];
  return { chosen, why, warnings: servedWarnings(options) };
}

/** A size that the user has given is that of the batches, and so is one that the locks of a statement set. */
function growthOf({ options, capabilities, roundTripMs = 0 }: BatchRequest): 1 | 2 | 4 {
  if (options.batchRows !== null || capabilities.escalation !== undefined) return 1;
  if (!capabilities.setBased) return 1;
  return GROWTH.find(([fromMs]) => roundTripMs >= fromMs)?.[1] ?? 1;
}

function explainGrowth({ capabilities, roundTripMs = 0 }: BatchRequest, rows: number): string {
  return `batches of ${formatCount(rows)} and not ${formatCount(capabilities.batchRows)}: an answer of the server takes ${Math.round(roundTripMs)} ms at least, and fewer batches wait for fewer of them; --batch-rows sets another size`;
}
