/** The rowids that SQLite gave to rows of a batch that came without one. */
import type { SqliteConnection, Statement } from "../connect/connection.ts";
import type { BoundColumn, BoundValue } from "../stage/values.ts";

/** Notes them row by row. */
export class MadeRowids {
  readonly #column: string;
  readonly #last: Statement<{ readonly id: string }>;
  /** By the place of the row in the batch. */
  readonly byPlace = new Map<number, readonly string[]>();

  /** `column` is the name under which the table has its rowid. */
  constructor(db: SqliteConnection, column: string) {
    this.#column = column;
    // As a text, since a number may be too large for JavaScript.
    this.#last = db.prepare("select cast(last_insert_rowid() as text) as id");
  }

  /** Whether the row whose values begin at `at` has none of its own. */
  makes(columns: readonly BoundColumn[], values: readonly BoundValue[], at: number): boolean {
    const place = columns.findIndex(({ name }) => name === this.#column);
    return place < 0 || values[at + place] === null;
  }

  /** The row at this place was inserted by the last statement; what its triggers insert does not count. */
  note(place: number): void {
    const row = this.#last.get();
    if (row !== undefined) this.byPlace.set(place, [row.id]);
  }
}
