/** What is committed at once where nobody said, and the server's transactions are small. Pure. */
import { formatCount } from "../../errors/format.ts";
import type { Options } from "../../options/options.ts";
import type { Capabilities } from "../../targets/capabilities.ts";

/**
 * The options with the commits that the server makes necessary. A load of more records cannot be whole there; as a job it is
 * applied exactly once. Whoever wants all or nothing says so, with `--commit end`.
 */
export function withServedCommit(
  options: Options,
  { commitRows }: Pick<Capabilities, "commitRows">,
): Options {
  const { commit, dryRun, check } = options;
  if (commit !== null || commitRows === undefined || dryRun || check) return options;
  return { ...options, commit: { every: commitRows, served: true } };
}

/** What is to be known of it, as warnings: the load is not all or nothing. */
export function servedWarnings({ commit }: Pick<Options, "commit">): readonly string[] {
  if (commit === null || typeof commit === "string" || commit.served !== true) return [];
  const every = formatCount(commit.every);
  return [
    `the server's transactions take no more than some ${every} records, so the load commits every ${every} of them, as a job: what is committed stays if it fails, and the same command goes on there; --commit end asks for all or nothing, and fails with more records than that`,
  ];
}
