/** What a try of a load knows from those before it. */
import { checkRows } from "../account/expected-rows.ts";
import { MisfitTally } from "../account/misfit-tally.ts";
import { RejectBook } from "../account/reject-book.ts";
import { noCounts } from "../model/counts.ts";
import type { LoadCounts } from "../model/counts.ts";
import type { Options } from "../options/options.ts";
import { UnseenFields } from "../plan/mapping/unseen-fields.ts";
import type { ReportedSource } from "../report/report.ts";
import type { Source } from "../sources/source-set.ts";
import { SerialRanges } from "../write/parallel/serial-ranges.ts";
import { LostValues } from "../write/mapping/lost-values.ts";
import { Quarantine } from "../write/quarantine.ts";
import type { Surroundings } from "./surroundings.ts";

/** Of all tries so far. */
export interface Lessons {
  readonly rejects: RejectBook;
  /** Rows that must be refused, or applied one at a time. */
  readonly quarantine: Quarantine;
  /** Records that one writer alone must write. */
  readonly serialRanges: SerialRanges;
  /** Fields that flags name, and that no record had so far. */
  readonly unseen: UnseenFields;
  /** There was a try before this one. */
  readonly again: boolean;
  /** One of them has written. */
  readonly begun: boolean;
  /** What is committed. */
  readonly kept: LoadCounts;
  readonly misfits: MisfitTally;
  /** Values of which their columns did not keep all. */
  readonly lost: LostValues;
  /** What earlier tries have committed of each source. */
  readonly sources: readonly ReportedSource[];
  /** Takes note of the header of a source that was opened. */
  sees(source: Source): void;
  /** Throws `SOURCE_ROWS` where another number of records was asked for. */
  checkRows(read: number): void;
}

/** Those of a load that was not tried yet; `began` is the time of day. */
export function newLessons(
  options: Options,
  began: Date,
  { onReject, defaultRejectFile }: Pick<Surroundings, "onReject" | "defaultRejectFile">,
): Lessons {
  const unseen = new UnseenFields(options);
  return {
    rejects: new RejectBook({ ...options, defaultRejectFile }, began, onReject),
    quarantine: new Quarantine(),
    serialRanges: new SerialRanges(),
    unseen,
    again: false,
    begun: false,
    kept: noCounts(),
    misfits: new MisfitTally(),
    lost: new LostValues(),
    sources: [],
    sees: ({ fields, headerFields }) => {
      if (fields !== null) unseen.see(fields, headerFields);
    },
    checkRows: (read) => checkRows(options.expectRows, read, true),
  };
}
