/** Rejects by code: how many, where the first of them are, and their fix. */
import type { RejectsOfCode } from "../model/reject.ts";
import type { Reject, RowCode } from "../model/reject.ts";

/** So many places are kept. */
const PLACES = 3;

/** Counts rejects in the order of the source. */
export class RejectTally {
  readonly #codes: Map<RowCode, RejectsOfCode>;

  /** Goes on from what `before` has counted. */
  constructor(before?: RejectTally) {
    this.#codes = new Map(before === undefined ? [] : before.#codes);
  }

  /** Adds what came after everything that was added before; `fix` is asked once a code. */
  add(reject: Reject, fix: (reject: Reject) => string): void {
    const { code, position, column, message } = reject;
    const known = this.#codes.get(code);
    const count = (known?.count ?? 0) + 1;
    if (known !== undefined && known.first.length >= PLACES) {
      this.#codes.set(code, { ...known, count });
      return;
    }
    const { source, record, line } = position;
    const first = [...(known?.first ?? []), { source, record, line, column, message }];
    this.#codes.set(code, { code, count, fix: known?.fix ?? fix(reject), first });
  }

  /** Every code that was met, in the order in which it was. */
  get all(): readonly RejectsOfCode[] {
    return [...this.#codes.values()];
  }
}
