/** Where `--limit` ends a source: what comes after its last record that is asked for is no part of the load. Pure. */
import type { SourceOffset } from "../model/source-offset.ts";

/** Whether the load asks for no record after the offset, whatever follows it; `limit`: records of each source, `null` for all. */
export function isAtLimit({ record }: Pick<SourceOffset, "record">, limit: number | null): boolean {
  return limit !== null && record >= limit;
}
