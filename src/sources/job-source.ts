/** A source of a job as those see it who write its records: what it is called, and how far it can be remembered. */
import type { JobSource } from "../model/source-offset.ts";
import type { Source } from "../read/source.ts";
import { isAtLimit } from "./at-limit.ts";
import type { WorkItem } from "./find-work.ts";

/** An open source, of which the load asks for so many records; `null`: for all. */
export function jobSource(
  source: Source,
  { number, name, from }: Pick<WorkItem, "number" | "name" | "from">,
  limit: number | null,
): JobSource {
  const { prefix } = source;
  if (prefix === null) throw new Error("a job reads its sources with their hash");
  return {
    number,
    name,
    from,
    offsetAfter: (position) => source.offsetAfter(position),
    digest: ({ byte }) => prefix.digest(byte),
    release: ({ byte }) => prefix.advance(byte),
    total: (last) => {
      const bytes = isAtLimit(last, limit) ? last.byte : prefix.length;
      return { bytes, sha256: prefix.digest(bytes) };
    },
  };
}
