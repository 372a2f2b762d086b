/** Rejects by code and level, and by code and column: how many, where the first of them are, and their fix. */
import { lacksLineEnd } from "./fixes/known-reject.ts";
import { levelOf } from "../model/nest/nesting.ts";
import type { RejectsOfCode, RejectsOfColumn } from "../model/reject.ts";
import type { Reject } from "../model/reject.ts";

/** So many places are kept. */
const PLACES = 3;

/** So many pairs of code and column are told apart: fields that no column has may be as many as the records. */
const PAIRS = 200;

/** Counts rejects in the order of the source. */
export class RejectTally {
  /** By code; of rows in members by their level as well, whose options their fix names. */
  readonly #codes: Map<string, RejectsOfCode>;
  readonly #columns: Map<string, RejectsOfColumn>;

  /** Goes on from what `before` has counted. */
  constructor(before?: RejectTally) {
    this.#codes = new Map(before === undefined ? [] : before.#codes);
    this.#columns = new Map(before === undefined ? [] : before.#columns);
  }

  /** Adds what came after everything that was added before; `fix` is asked once a code and level. */
  add(reject: Reject, fix: (reject: Reject) => string): void {
    const { code, position, column, message, place } = reject;
    this.#addToColumn(reject);
    const key = place === undefined ? code : JSON.stringify([code, ...levelOf(place)]);
    const known = this.#codes.get(key);
    const count = (known?.count ?? 0) + 1;
    if (known !== undefined && known.first.length >= PLACES) {
      this.#codes.set(key, { ...known, count, fix: fixOf(known, reject, fix) });
      return;
    }
    const { source, record, line } = position;
    const first = [...(known?.first ?? []), { source, record, line, column, message }];
    this.#codes.set(key, { code, count, fix: fixOf(known, reject, fix), first });
  }

  #addToColumn({ code, position, column, message }: Reject): void {
    const pair = column === null ? code : `${code} ${column}`;
    const isOne = this.#columns.has(pair) || this.#columns.size < PAIRS;
    const [key, named] = isOne ? [pair, column] : [code, null];
    const known = this.#columns.get(key);
    const count = (known?.count ?? 0) + 1;
    const first = known?.first ?? [];
    const { source, record, line } = position;
    const more = first.length < PLACES ? [{ source, record, line, message }] : [];
    this.#columns.set(key, { code, column: named, count, first: [...first, ...more] });
  }

  /** Every pair of code and column that was met, in the order in which it was. */
  get columns(): readonly RejectsOfColumn[] {
    return [...this.#columns.values()];
  }

  /** Every code that was met on a level, in the order in which it was. */
  get all(): readonly RejectsOfCode[] {
    return [...this.#codes.values()];
  }
}

/** The fix of the first of them; but that of a last record that may be cut, which the others' would take as it is. */
function fixOf(
  known: RejectsOfCode | undefined,
  reject: Reject,
  fix: (reject: Reject) => string,
): string {
  const isCut = reject.code === "ROW_FIELD_COUNT" && lacksLineEnd(reject);
  return known === undefined || isCut ? fix(reject) : known.fix;
}
