/** The steps of a load: statements before its first batch and after its last, inside its transaction. */
import { addCounts, noCounts } from "../model/counts.ts";
import type { Counts } from "../model/counts.ts";
import type { Step } from "../model/load-plan.ts";
import type { SqlExecutor } from "../targets/sql-executor.ts";

/** Runs the steps in their order; tells what the rows they changed are counted as. */
export async function runSteps(steps: readonly Step[], executor: SqlExecutor): Promise<Counts> {
  const counts = noCounts();
  for (const { sql, counts: name } of steps) {
    const { changed } = await executor.run(sql);
    if (name !== undefined) addCounts(counts, { [name]: changed });
  }
  return counts;
}
