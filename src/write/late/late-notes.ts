/**
 * What is kept of records for the second pass of a load: on the server, in a temporary table of texts, so that memory stays
 * flat whatever their number. How it is read again is all that knows how it is written.
 */
import type { PendingValue, Row, RowShape } from "../../model/batch.ts";
import { ROW_OUTCOMES } from "../../model/counts.ts";
import type { RowOutcome } from "../../model/counts.ts";
import type { SqlExecutor } from "../../targets/sql-executor.ts";

/** A record that the first pass has written, or found as it is. What it has `later` is `pending` when it is read. */
export interface LateNote {
  /** With the columns that are kept of it. */
  readonly row: Row;
  /** What became of it. */
  readonly outcome: RowOutcome;
}

/** So many notes are one row of the table. */
const NOTES_PER_ROW = 2000;

/**
 * Shape, `ord`, outcome, values, which of them are numbers, source, record, lines, bytes, what is still to be looked up; lists
 * are told apart by place.
 */
type Written = readonly [
  number,
  number,
  number,
  readonly (string | null)[],
  readonly boolean[] | null,
  number,
  number,
  readonly [number, number],
  readonly [number, number],
  readonly PendingValue[] | null,
];

interface WrittenNotes {
  readonly shapes: readonly (readonly string[])[];
  readonly sources: readonly string[];
  readonly notes: readonly Written[];
}

/** The notes of one load, in the order of the source. */
export class LateNotes {
  readonly #execute: SqlExecutor;
  readonly #shapeWith: (columns: readonly string[]) => RowShape;
  readonly #table: ReturnType<SqlExecutor["dialect"]["temporaryTable"]>;
  #rows = 0;
  #waiting: LateNote[] = [];

  /** `shapeWith` makes the shapes of rows that are read. */
  constructor(
    execute: SqlExecutor,
    name: string,
    shapeWith: (columns: readonly string[]) => RowShape,
  ) {
    const { types } = execute.dialect;
    this.#execute = execute;
    this.#shapeWith = shapeWith;
    this.#table = execute.dialect.temporaryTable(name, `n ${types.integer}, notes ${types.text}`);
  }

  /** Makes the table, in the transaction at hand. */
  async begin(): Promise<void> {
    await this.#execute.run(this.#table.create);
  }

  /** Adds a note. */
  async add(note: LateNote): Promise<void> {
    this.#waiting.push(note);
    if (this.#waiting.length >= NOTES_PER_ROW) await this.#write();
  }

  /** What forgets all notes from now on, once what they are of is undone by a savepoint that begins here. */
  mark(): () => void {
    const [rows, waiting] = [this.#rows, [...this.#waiting]];
    return () => {
      this.#rows = rows;
      this.#waiting = waiting;
    };
  }

  async #write(): Promise<void> {
    const { dialect } = this.#execute;
    const text = toText(this.#waiting);
    this.#waiting = [];
    const sql = `insert into ${this.#table.name} (n, notes) values (${this.#rows}, ${dialect.parameter(1)})`;
    await this.#execute.run(sql, [text]);
    this.#rows += 1;
  }

  /** All notes, in order, some at a time. */
  async *read(): AsyncGenerator<readonly LateNote[]> {
    if (this.#waiting.length > 0) await this.#write();
    for (let at = 0; at < this.#rows; at += 1) {
      const sql = `select notes from ${this.#table.name} where n = ${at}`;
      const { rows } = await this.#execute.run(sql);
      yield this.#fromText(String(rows[0]?.["notes"]));
    }
  }

  #fromText(text: string): LateNote[] {
    const { shapes, sources, notes } = JSON.parse(text) as WrittenNotes;
    return notes.map(
      ([shape, ord, outcome, values, numeric, source, record, line, byte, later]) => ({
        outcome: ROW_OUTCOMES[outcome] ?? "skipped",
        row: {
          ord,
          shape: this.#shapeWith(shapes[shape] ?? []),
          values,
          numeric,
          ...(later === null ? {} : { pending: later }),
          record: {
            shape: { fields: [] },
            values: [],
            kinds: null,
            position: { source: sources[source] ?? "", record, line, byte },
            raw: new Uint8Array(),
          },
        },
      }),
    );
  }
}

/** ASCII, so that every database can keep it, whatever its encoding. */
function toText(notes: readonly LateNote[]): string {
  const shapes = new Map<RowShape, number>();
  const sources = new Map<string, number>();
  const written = notes.map(({ row, outcome }): Written => {
    const { ord, shape, values, numeric, record, later = null } = row;
    const { source, line, byte } = record.position;
    return [
      placeIn(shapes, shape),
      ord,
      ROW_OUTCOMES.indexOf(outcome),
      values,
      numeric,
      placeIn(sources, source),
      record.position.record,
      line,
      byte,
      later,
    ];
  });
  const all: WrittenNotes = {
    shapes: [...shapes.keys()].map(({ columns }) => columns),
    sources: [...sources.keys()],
    notes: written,
  };
  return JSON.stringify(all).replaceAll(/[\u007f-\uffff]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function placeIn<T>(places: Map<T, number>, of: T): number {
  const place = places.get(of) ?? places.size;
  places.set(of, place);
  return place;
}
