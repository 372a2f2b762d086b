/**
 * The hashes of rows' keys, by which rows are shared out among processes: equal keys have equal hashes, however they are
 * spelled. Usual spellings are hashed here; the database is asked for the canonical form of the few others.
 */
import type { Batch, Row } from "../../model/batch.ts";
import type { LoadPlan, TablePlan } from "../../model/load-plan.ts";
import type { Session } from "../../targets/target.ts";
import type { BatchEnd } from "../batch-end.ts";
import { packedRow } from "../packed-row.ts";
import { keyedTable } from "../parallel/parallel-writers.ts";

/** What keys are hashed with. */
export interface RowHashesContext {
  readonly plan: LoadPlan;
  /** The session of the load; its transaction is left alone. */
  readonly session: Session;
  /** Opens another, for questions about keys. */
  readonly connect: () => Promise<Session>;
}

/** Hashes the keys of batches. */
export class RowHashes {
  readonly #context: RowHashesContext;
  readonly #keyed: TablePlan;
  readonly #nullsEqual: boolean;
  #asking: Session | null = null;

  constructor(context: RowHashesContext) {
    const { plan } = context;
    this.#context = context;
    this.#keyed = keyedTable(plan);
    const { key } = plan.partitioning;
    this.#nullsEqual = key?.nullsEqual === true || plan.tables[0].nullKey === "match";
  }

  /** One for each row; those of rows that no key couples are the numbers of their records. */
  async of(batch: Batch, end: BatchEnd | null): Promise<Uint32Array> {
    const { plan, session } = this.#context;
    if (plan.partitioning.key === null) return recordsOf(batch, end);
    const { packed } = batch;
    const quick = packed === null ? null : (session.keyHashes?.(this.#keyed, packed) ?? null);
    return quick ?? (await this.#oneByOne(batch.rows));
  }

  async #oneByOne(rows: readonly Row[]): Promise<Uint32Array> {
    const { session } = this.#context;
    const hashes = new Uint32Array(rows.length);
    const unusual: number[] = [];
    for (const [at, row] of rows.entries()) {
      const known = this.#isFree(row) ? row.record.position.record : null;
      const hash = known ?? session.keyHashes?.(this.#keyed, packedRow(row))?.[0];
      if (hash === undefined) unusual.push(at);
      else hashes[at] = hash;
    }
    if (unusual.length === 0) return hashes;
    const asked = unusual.flatMap((at) => rows[at] ?? []);
    const answers = await this.#ask(asked);
    for (const [place, at] of unusual.entries()) {
      // What is no value of the key's type is rejected by whoever writes it.
      hashes[at] = answers[place] ?? asked[place]?.record.position.record ?? 0;
    }
    return hashes;
  }

  /** A row with NULL in its key, where NULLs differ, meets no other. */
  #isFree({ shape, values }: Row): boolean {
    if (this.#nullsEqual) return false;
    const { key } = this.#context.plan.partitioning;
    return (key?.columns ?? []).some(
      (name) => (values[shape.columns.indexOf(name)] ?? null) === null,
    );
  }

  async #ask(rows: readonly Row[]): Promise<readonly (number | null)[]> {
    this.#asking ??= await this.#context.connect();
    const { columns } = this.#context.plan.partitioning.key ?? { columns: [] };
    const keys = rows.map(({ shape, values }) =>
      columns.map((name) => values[shape.columns.indexOf(name)] ?? null),
    );
    return (await this.#asking.unusualKeyHashes?.(this.#keyed, columns, keys)) ?? [];
  }

  /** Closes what was opened for questions. */
  async close(): Promise<void> {
    await this.#asking?.close();
    this.#asking = null;
  }
}

function recordsOf({ size, packed, rows }: Batch, end: BatchEnd | null): Uint32Array {
  if (packed === null || end === null)
    return Uint32Array.from(rows, ({ record }) => record.position.record);
  // The records of a packed batch follow each other.
  const first = end.committedOffset().offset.record - size + 1;
  return Uint32Array.from({ length: size }, (_, at) => first + at);
}
