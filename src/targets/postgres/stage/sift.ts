/**
 * Copies rows of which the server cannot take some, whatever is in the table: it tells at which row it stopped. What came before
 * that row is copied again, and what comes after it is tried next, over the same bytes and in the same go.
 */
import type { StoppedRow } from "../../set-writer.ts";
import { isServerError } from "../errors.ts";
import type { CopyRows } from "./copy-rows.ts";
import type { Pipeline, PipelinedStatement } from "./pipeline.ts";

/** Where the COPY into a table stopped; `null`: the error tells of none. It is what to try next, and decides nothing. */
export function stoppedCopy(error: unknown, table: string): StoppedRow | null {
  if (!isServerError(error)) return null;
  // The words around are in the language of the server.
  const [, told] = (error.where ?? "").split(`COPY ${table}`);
  const line = Number(/\d+/.exec(told ?? "")?.[0] ?? 0);
  if (line < 1) return null;
  const byItself = error.code.startsWith("22") || ["23502", "23514"].includes(error.code);
  return { place: line - 1, byItself };
}

const PIECE = "upsurge_piece";
const BEGIN: PipelinedStatement = { sql: `savepoint ${PIECE}` };
const UNDO: PipelinedStatement = { sql: `rollback to savepoint ${PIECE}` };
const RELEASE: PipelinedStatement = { sql: `release savepoint ${PIECE}` };

/** Rows that are sent after one that was refused, for each that came before it: more would mostly be sent in vain. */
const NEXT_GAP = 4;
const LEAST_NEXT = 64;

/** So many rows at fault are sought in any case; more only where each costs less than the rows before it, one by one. */
const FEW_REFUSED = 4;
/** Rows that go one by one in the time of a round trip without a network, and in a millisecond. */
const ROWS_A_TRIP = 40;
const ROWS_A_MS = 30;

/** What rows are copied with. */
export interface Sifting {
  readonly pipeline: Pipeline;
  readonly table: string;
  readonly copy: (data: readonly Buffer[]) => PipelinedStatement;
  readonly roundTripMs: number;
}

/** Copies all rows but those that are refused; tells their places. Throws the error of a row that does not tell its place. */
export async function siftRows(rows: CopyRows, sifting: Sifting): Promise<number[]> {
  return await new Sift(rows, sifting).run();
}

class Sift {
  readonly #rows: CopyRows;
  readonly #sifting: Sifting;
  readonly #refused: number[] = [];
  /** The first row that is left. */
  #at = 0;
  /** Rows that the server has said to have taken. */
  #copied = 0;
  #next = LEAST_NEXT;

  constructor(rows: CopyRows, sifting: Sifting) {
    this.#rows = rows;
    this.#sifting = sifting;
  }

  async run(): Promise<number[]> {
    const { pipeline } = this.#sifting;
    while (this.#at < this.#rows.size) {
      const to = Math.min(this.#rows.size, this.#at + this.#next);
      try {
        await pipeline.run(BEGIN, this.#copy(this.#at, to), RELEASE);
        this.#at = to;
        this.#next *= NEXT_GAP;
      } catch (error) {
        this.#passOver(error, to);
      }
    }
    await pipeline.flush();
    return this.#refused;
  }

  #copy(from: number, to: number): PipelinedStatement {
    const check = ({ changed }: { readonly changed: number }): void => {
      this.#copied += changed;
    };
    return { ...this.#sifting.copy(this.#rows.range(from, to)), check };
  }

  /** Leaves the row out that the server stopped at, and has those before it copied with what comes next. */
  #passOver(error: unknown, to: number): void {
    const { pipeline, table } = this.#sifting;
    const stopped = stoppedCopy(error, table);
    const isAsExpected = this.#copied === this.#at - this.#refused.length;
    if (stopped?.byItself !== true || !isAsExpected) throw error;
    const place = this.#at + stopped.place;
    if (place >= to || !this.#isWorthwhile(place)) throw error;
    const again = place > this.#at ? [this.#copy(this.#at, place)] : [];
    pipeline.add(UNDO, ...again, RELEASE);
    this.#next = Math.max(LEAST_NEXT, NEXT_GAP * (place - this.#at));
    this.#refused.push(place);
    this.#at = place + 1;
  }

  /** A server that is far away takes many rows one by one in the time of an answer. */
  #isWorthwhile(place: number): boolean {
    const { length } = this.#refused;
    const cost = ROWS_A_TRIP + ROWS_A_MS * this.#sifting.roundTripMs;
    return length < FEW_REFUSED || place > length * cost;
  }
}
