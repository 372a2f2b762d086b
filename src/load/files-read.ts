/** The files that a load would read, for those who must not write to them. */
import { expandSources } from "../sources/expand-sources.ts";

/** The paths that the sources come to; none where they cannot be found, which the load itself tells. */
export async function filesRead(patterns: readonly string[]): Promise<readonly string[]> {
  return await expandSources(patterns).catch(() => []);
}
