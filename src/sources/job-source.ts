/** A source of a job as those see it who write its records: what it is called, and how far it can be remembered. */
import type { JobSource } from "../model/committed-offset.ts";
import type { Source } from "../read/source.ts";
import type { WorkItem } from "./find-work.ts";

/** An open source; `limited`: nothing after the last record that is read belongs to the load (`--limit`). */
export function jobSource(
  { prefix, format }: Source,
  { number, name, from }: Pick<WorkItem, "number" | "name" | "from">,
  limited: boolean,
): JobSource {
  if (prefix === null) throw new Error("a job reads its sources with their hash");
  // The next line begins where a record has ended, unless records do not end with their lines.
  const inLines = format !== "json";
  return {
    number,
    name,
    from,
    offsetAfter: ({ byte, line, record }) => ({
      byte: byte[1],
      record,
      line: line[1] + (inLines ? 1 : 0),
    }),
    digest: ({ byte }) => prefix.digest(byte),
    release: ({ byte }) => prefix.advance(byte),
    total: ({ byte }) => {
      const bytes = limited ? byte : prefix.length;
      return { bytes, sha256: prefix.digest(bytes) };
    },
  };
}
