/** Runs the variants of a case in turn, round by round, and checks the table after every run. */
import type { Content } from "../data/dataset.ts";
import { expectedCounts } from "../data/workload.ts";
import type { ExpectedCounts } from "../data/workload.ts";
import type { BenchTarget, Case, Variant } from "../targets/bench-target.ts";
import { measure } from "./measure.ts";
import type { Usage } from "./measure.ts";

/** One run of one variant. */
export interface Run extends Usage {
  readonly variant: string;
  readonly round: number;
  readonly serverCpuSeconds: number | null;
}

/** All runs of a case, and why other variants were left out. */
export interface CaseResult {
  readonly target: string;
  readonly shape: string;
  readonly rows: number;
  readonly workload: string;
  readonly runs: readonly Run[];
  readonly skipped: readonly string[];
}

/** Runs a case; the order of the variants moves on by one in each round, so that none is always first. */
export async function runCase(
  target: BenchTarget,
  one: Case,
  options: { readonly variants: readonly Variant[]; readonly rounds: number },
): Promise<CaseResult> {
  const { variants, rounds } = options;
  const able = variants.filter((variant) => variant.skip(one) === null);
  await target.prepare(one);
  const counts = expectedCounts(one.workload, one.data.records);
  const runs: Run[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const index of able.keys()) {
      const variant = able[(index + round) % able.length];
      if (variant === undefined) continue;
      const run = await runOnce(target, one, variant, counts);
      runs.push({ ...run, variant: variant.name, round });
      process.stderr.write(".");
    }
  }
  process.stderr.write("\n");
  return {
    target: target.version,
    shape: one.data.shapeName,
    rows: one.data.rows,
    workload: one.workload,
    runs,
    skipped: variants.flatMap((variant) => {
      const reason = variant.skip(one);
      return reason === null ? [] : [`${variant.name}: ${reason}`];
    }),
  };
}

/** One run from a fresh table, measured and checked. */
async function runOnce(
  target: BenchTarget,
  one: Case,
  variant: Variant,
  counts: ExpectedCounts,
): Promise<Usage & { readonly serverCpuSeconds: number | null }> {
  const where = `${target.name}, workload ${one.workload}, ${variant.name}`;
  await target.restore();
  const before = target.serverCpuSeconds();
  const { usage, stdout } = await measure(variant.command(one)).catch((cause: unknown) => {
    throw new Error(`${where}: ${cause instanceof Error ? cause.message : "failed"}`, { cause });
  });
  const after = target.serverCpuSeconds();
  checkContent(where, one.data.content, await target.content());
  if (variant.reports) checkCounts(where, counts, stdout);
  return { ...usage, serverCpuSeconds: before === null || after === null ? null : after - before };
}

function checkContent(where: string, expected: Content, found: Content): void {
  if (JSON.stringify(found) === JSON.stringify(expected)) return;
  throw new Error(
    `${where}: the table is wrong\nexpected ${JSON.stringify(expected)}\nfound    ${JSON.stringify(found)}`,
  );
}

/** Compares what upsurge reported with what it must have counted. */
function checkCounts(where: string, expected: ExpectedCounts, stdout: string): void {
  const { counts } = JSON.parse(stdout) as { readonly counts: ExpectedCounts };
  const { inserted, updated, unchanged } = counts;
  const found = JSON.stringify({ inserted, updated, unchanged });
  if (found === JSON.stringify(expected)) return;
  throw new Error(
    `${where}: the counts are wrong\nexpected ${JSON.stringify(expected)}\nfound    ${found}`,
  );
}
