/**
 * Looks up what the rows of a batch name in other tables, and has them written: resolve, then apply. Rows that are missing
 * are made for the records that are not rejected; a row that vanished meanwhile is looked up again. Its account is that of
 * one record after the other.
 */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { Batch, BatchResult, PendingValue, Row, RowFault } from "../../model/batch.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import { TransactionAborted } from "../../targets/target.ts";
import { joinApplied } from "../applied-batch.ts";
import type { AppliedBatch } from "../applied-batch.ts";
import { packedBatch } from "../packed-batch.ts";
import type { Quarantine } from "../quarantine.ts";
import { rowsBatch, without } from "../row-batches.ts";
import type { BatchApplier } from "../write-batch.ts";
import { CannotMake } from "./finder.ts";
import type { Finder, LookupSession } from "./finder.ts";
import { findersOf } from "./finders.ts";
import type { NamedRow, NamedRows } from "./named-rows.ts";
import { keysOf, unknownKeys } from "./packed-keys.ts";
import type { PackedKeys } from "./packed-keys.ts";
import { resolvePacked } from "./resolve-packed.ts";
import { keyOfPending, lookedUpLater, resolveRow } from "./resolve-rows.ts";
import type { LookupContext } from "./resolve-rows.ts";

/** A batch with everything looked up. */
interface ResolvedBatch {
  readonly batch: Batch;
  readonly faults: readonly RowFault[];
  readonly created: number;
  /** The rows that were made: by key, the `ord` of the first row that needs it. */
  readonly needed: ReadonlyMap<Finder, ReadonlyMap<string, number>>;
}

/** What was done for a batch before its turn. */
interface PreparedBatch {
  /** With everything looked up; `null`: that must wait for its turn. */
  readonly batch: Batch | null;
  readonly keys: PackedKeys;
  /** Of the finders, at that time. */
  readonly version: number;
}

/** A row that vanishes again and again is a reject in the end. */
const MOST_TRIES = 4;

/** What a look-up writer needs besides its plan. */
export interface LookupWriterContext {
  readonly session: LookupSession;
  readonly batches: BatchApplier;
  readonly quarantine: Quarantine;
  /** Key columns in which a NULL is a reject. */
  readonly guarded: ReadonlySet<string>;
  readonly named: NamedRows;
}

/** Writes the batches of one transaction. */
export class LookupWriter {
  readonly #session: LookupSession;
  readonly #batches: BatchApplier;
  readonly #quarantine: Quarantine;
  readonly #context: LookupContext;
  readonly #named: NamedRows;
  readonly #finders: readonly Finder[];
  readonly #eachRecord: boolean;
  /** By look-up: those that are asked after the last record. */
  readonly #later: readonly boolean[];
  #saved = false;
  #makings = 0;
  /** At the savepoint. */
  #makingsSaved = 0;
  readonly #prepared = new WeakMap<Batch, PreparedBatch>();

  constructor({ lookups = [] }: TablePlan, context: LookupWriterContext) {
    this.#session = context.session;
    this.#batches = context.batches;
    this.#quarantine = context.quarantine;
    this.#named = context.named;
    const finders = findersOf(lookups, context.session);
    this.#context = { ...context, lookups, finders };
    this.#finders = [...new Set(finders)];
    this.#later = lookups.map(({ late }) => late === true);
    this.#eachRecord = lookups.some(({ eachRecord }) => eachRecord !== null);
  }

  /** Takes the keys out of a batch while an earlier one is being written, and makes it ready where all of them are known. */
  prepare(batch: Batch): void {
    if (batch.packed === null || this.#eachRecord || this.#later.includes(true)) return;
    const keys = keysOf(batch.packed, this.#context.finders);
    if (keys === null) return;
    const areKnown = unknownKeys(keys).next().done === true;
    const packed = areKnown ? resolvePacked(batch.packed, keys, this.#context) : null;
    const resolved = packed === null ? null : this.#packedBatch(batch, packed);
    this.#prepared.set(batch, { batch: resolved, keys, version: this.#version });
    if (resolved !== null) this.#batches.prepare(resolved);
  }

  /** How often it has made rows, those that were undone included. */
  get makings(): number {
    return this.#makings;
  }

  /** Forgets what it has found: rows that were made are undone. */
  forget(): void {
    for (const finder of this.#finders) finder.clear();
  }

  get #version(): number {
    return this.#finders.reduce((sum, { version }) => sum + version, 0);
  }

  /** Looks up and applies; its counts are exact. Throws whatever no row caused. */
  async write(batch: Batch): Promise<AppliedBatch> {
    if (!this.#later.includes(true)) return await this.#write(batch);
    const rows = batch.rows.map((row) => lookedUpLater(row, this.#later));
    return await this.#write(rowsBatch(batch, rows));
  }

  async #write(batch: Batch): Promise<AppliedBatch> {
    if (batch.size === 0) return { result: await this.#batches.write(batch), batch };
    if (batch.size > 1 && (this.#eachRecord || this.#quarantine.goesRowByRow(batch)))
      return await this.#writeParts(
        batch,
        batch.rows.map((row) => [row]),
      );
    try {
      return await this.#writeTogether(batch);
    } catch (error) {
      if (!(error instanceof CannotMake)) throw error;
      return await this.#writeApart(batch, error);
    }
  }

  async #writeTogether(batch: Batch): Promise<AppliedBatch> {
    let refused = this.#quarantine.faultsIn(batch);
    for (let tries = 1; ; tries += 1) {
      const left = without(batch, refused);
      if (this.#session.lookups.soleWriter !== true) await this.#save();
      const resolved = await this.#resolve(left);
      const result = await this.#batches.write(resolved.batch);
      const again = await this.#mustRepeat(left, resolved, result);
      if (again === null || tries === MOST_TRIES) {
        await this.#release();
        await this.#noteNamed(left, resolved);
        return { batch: resolved.batch, result: merged(result, resolved, refused) };
      }
      await this.#undo();
      refused = [...refused, ...again];
    }
  }

  /** The rows in parts, one after the other. */
  async #writeParts(batch: Batch, parts: readonly (readonly Row[])[]): Promise<AppliedBatch> {
    const results: AppliedBatch[] = [];
    for (const rows of parts) results.push(await this.#write(rowsBatch(batch, rows)));
    return joinApplied(batch, results);
  }

  /** A row that is needed cannot be made: the records that need it are found by halves. */
  async #writeApart(batch: Batch, failure: CannotMake): Promise<AppliedBatch> {
    const { lookup, keys, cause } = failure;
    const [first] = batch.rows;
    const fault =
      batch.size > 1 || first === undefined
        ? null
        : { ...this.#session.rowFault(first, cause, lookup.parent), column: lookup.column.name };
    if (this.#session.lookups.endsTransaction === true) {
      const rows = batch.rows.filter((row) =>
        (row.pending ?? []).some((each) => keys.has(keyOfPending(each) ?? "")),
      );
      throw new TransactionAborted("a row of a look-up cannot be made", rows, fault);
    }
    await this.#undo();
    if (fault !== null)
      return { batch: rowsBatch(batch, []), result: { counts: {}, faults: [fault] } };
    const half = Math.ceil(batch.size / 2);
    return await this.#writeParts(batch, [batch.rows.slice(0, half), batch.rows.slice(half)]);
  }

  async #resolve(batch: Batch): Promise<ResolvedBatch> {
    for (const finder of this.#finders) finder.begin();
    const prepared = this.#prepared.get(batch);
    // What was forgotten since then may not be relied on.
    const ready = prepared?.version === this.#version ? prepared : undefined;
    if (ready !== undefined && ready.batch !== null)
      return { batch: ready.batch, faults: [], created: 0, needed: new Map() };
    const packedKeys =
      ready?.keys ?? (batch.packed === null ? null : keysOf(batch.packed, this.#context.finders));
    const asked = new Map(this.#finders.map((finder) => [finder, new Set<string>()]));
    const take = (lookup: number, key: string | null): void => {
      const finder = this.#context.finders[lookup];
      if (key !== null && finder !== undefined && finder.answer(key) === undefined)
        asked.get(finder)?.add(key);
    };
    if (packedKeys === null)
      for (const { pending = [] } of batch.rows)
        for (const each of pending) take(each.lookup, keyOfPending(each));
    else for (const [lookup, key] of unknownKeys(packedKeys)) take(lookup, key);
    for (const [finder, keys] of asked) await finder.ask(keys);
    const { created, needed } = await this.#make(batch);
    if (batch.packed !== null && packedKeys !== null) {
      const packed = resolvePacked(batch.packed, packedKeys, this.#context);
      if (packed !== null)
        return { batch: this.#packedBatch(batch, packed), faults: [], created, needed };
    }
    return { ...this.#resolveRows(batch), created, needed };
  }

  #packedBatch(batch: Batch, packed: NonNullable<Batch["packed"]>): Batch {
    return packedBatch(batch, packed, () => {
      const { batch: resolved, faults } = this.#resolveRows(batch);
      if (faults.length === 0) return resolved.rows;
      throw upsurgeError("INTERNAL", { message: "what was looked up for a batch is not known" });
    });
  }

  #resolveRows(batch: Batch): Pick<ResolvedBatch, "batch" | "faults"> {
    const rows: Row[] = [];
    const faults: RowFault[] = [];
    for (const row of batch.rows) {
      const resolved = resolveRow(row, this.#context);
      if (resolved.kind === "row") rows.push(resolved.row);
      else faults.push(resolved.fault);
    }
    return { batch: rowsBatch(batch, rows), faults };
  }

  /** Makes the rows that are missing, in the order of the first records that need them. */
  async #make(batch: Batch): Promise<Pick<ResolvedBatch, "created" | "needed">> {
    const needed = new Map<Finder, Map<string, number>>();
    const makes = this.#finders.filter(
      ({ lookup, hasMissing }) => lookup.missing === "insert" && hasMissing,
    );
    if (makes.length === 0) return { created: 0, needed };
    for (const row of batch.rows) {
      const missing = this.#missingOf(row);
      for (const { finder, key } of missing ?? []) {
        const keys = needed.get(finder) ?? new Map<string, number>();
        if (!keys.has(key)) keys.set(key, row.ord);
        needed.set(finder, keys);
      }
    }
    let created = 0;
    if (needed.size > 0) await this.#save();
    for (const [finder, keys] of needed) {
      this.#makings += 1;
      created += await finder.create([...keys.keys()]);
    }
    return { created, needed };
  }

  /** What is to be made for a row; `null` for one that is rejected whatever is made. */
  #missingOf(row: Row): readonly { readonly finder: Finder; readonly key: string }[] | null {
    const missing: { finder: Finder; key: string }[] = [];
    for (const each of row.pending ?? []) {
      const finder = this.#context.finders[each.lookup];
      const key = keyOfPending(each);
      if (finder === undefined || key === null) continue;
      if (finder.answer(key)?.kind === "missing") missing.push({ finder, key });
    }
    if (missing.length === 0) return missing;
    const others = (row.pending ?? []).filter((each) => {
      const key = keyOfPending(each);
      return key === null || this.#context.finders[each.lookup]?.answer(key)?.kind !== "missing";
    });
    return resolveRow({ ...row, pending: others }, this.#context).kind === "fault" ? null : missing;
  }

  /**
   * The faults with which the batch is to be written again; `null`: it stays. A row that was made for a record that was then
   * rejected must go, and a row that vanished is looked up once more.
   */
  async #mustRepeat(
    batch: Batch,
    { needed }: ResolvedBatch,
    { faults }: BatchResult,
  ): Promise<readonly RowFault[] | null> {
    if (faults.length === 0) return null;
    const rejected = new Set(faults.map(({ row }) => row.ord));
    for (const keys of needed.values())
      for (const ord of keys.values()) if (rejected.has(ord)) return faults;
    if (this.#session.lookups.soleWriter === true) return null;
    const lost = new Set(
      faults.filter(({ code }) => code === "ROW_FOREIGN_KEY").map(({ row }) => row.ord),
    );
    if (lost.size === 0) return null;
    const asked = batch.rows
      .filter(({ ord }) => lost.has(ord))
      .flatMap(({ pending = [] }) => pending.flatMap((each) => this.#foundFor(each)));
    for (const { finder, key } of asked) finder.forget([key]);
    for (const { finder, key } of asked) await finder.ask([key]);
    const hasChanged = asked.some(({ finder, key, id }) => {
      const now = finder.answer(key);
      return now?.kind !== "found" || now.id !== id;
    });
    return hasChanged ? [] : null;
  }

  #foundFor(pending: PendingValue): { finder: Finder; key: string; id: string }[] {
    const finder = this.#context.finders[pending.lookup];
    const key = keyOfPending(pending);
    const answer = key === null ? undefined : finder?.answer(key);
    if (finder === undefined || key === null || answer?.kind !== "found") return [];
    return [{ finder, key, id: answer.id }];
  }

  /** Rows that are made where they are missing are rows that a record has. */
  async #noteNamed(batch: Batch, { needed }: ResolvedBatch): Promise<void> {
    const noted = this.#finders.filter(({ lookup }) => this.#named.wants(lookup));
    if (noted.length === 0) return;
    const rows = new Map(noted.map((finder) => [finder, new Map<string, NamedRow>()]));
    for (const { pending = [] } of batch.rows)
      for (const { finder, key, id } of pending.flatMap((each) => this.#foundFor(each))) {
        const isMade = needed.get(finder)?.has(key) === true;
        rows.get(finder)?.set(key, { texts: finder.textsOf(key), id, isMade });
      }
    for (const [finder, found] of rows) await this.#named.note(finder.lookup, [...found.values()]);
  }

  async #save(): Promise<void> {
    if (this.#saved) return;
    await this.#session.execute.run(this.#session.lookups.savepoint);
    this.#saved = true;
    this.#makingsSaved = this.#makings;
  }

  async #release(): Promise<void> {
    const { release } = this.#session.lookups;
    if (this.#saved && release !== undefined) await this.#session.execute.run(release);
    this.#saved = false;
  }

  /** The savepoint is gone as well, where it can go. */
  async #undo(): Promise<void> {
    if (this.#saved) {
      await this.#session.execute.run(this.#session.lookups.rollback);
      if (this.#makings !== this.#makingsSaved) this.forget();
    }
    await this.#release();
  }
}

function merged(
  { counts, faults, ...more }: BatchResult,
  { faults: unresolved, created }: ResolvedBatch,
  refused: readonly RowFault[],
): BatchResult {
  const all = [...refused, ...unresolved, ...faults];
  return { ...more, counts, created, faults: all.toSorted((a, b) => a.row.ord - b.row.ord) };
}
