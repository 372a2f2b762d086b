/**
 * The batches of nested levels. Out of a packed batch they are packed, where that is possible; the rows that are made of them
 * when somebody asks are those of its records, linked by the same rule.
 */
import type { Batch, Row } from "../../model/batch.ts";
import type { NestLevel } from "../../model/nest/nest-plan.ts";
import type { PackedRows } from "../../model/packed.ts";
import { packedBatch } from "../packed-batch.ts";
import { rowsBatch } from "../row-batches.ts";
import { linkedRow } from "./link-finder.ts";
import type { LinkFinder } from "./link-finder.ts";
import { linkedWithObjects, packedArrays, packedObjects } from "./packed-links.ts";

/** What was made of batches: some are made ready before their turn. */
export class MadeBatches<T> {
  readonly #made = new WeakMap<Batch, { readonly of: T }>();

  /** What `make` gives for the batch, the first time that it is asked for. */
  of(batch: Batch, make: () => T): T {
    const made = this.#made.get(batch) ?? { of: make() };
    this.#made.set(batch, made);
    return made.of;
  }
}

/** A level with what tells what its rows are linked by. */
export interface LinkedLevel extends NestLevel {
  readonly finder: LinkFinder;
  readonly made: {
    readonly objects: MadeBatches<Batch>;
    readonly linked: MadeBatches<Batch | null>;
    readonly arrays: MadeBatches<Batch | null>;
  };
}

/** The level with nothing made for it yet. */
export function linkedLevel(level: NestLevel, finder: LinkFinder): LinkedLevel {
  const made = {
    objects: new MadeBatches<Batch>(),
    linked: new MadeBatches<Batch | null>(),
    arrays: new MadeBatches<Batch | null>(),
  };
  return { ...level, finder, made };
}

/** The rows that those of a batch refer to. */
export function objectsIn(batch: Batch, level: LinkedLevel): Batch {
  return level.made.objects.of(batch, () => makeObjects(batch, level));
}

function makeObjects(batch: Batch, level: LinkedLevel): Batch {
  const packed = batch.packed === null ? null : packedObjects(batch.packed, level);
  const rows = (): Row[] => batch.rows.flatMap((row) => inside(row, level));
  return packed === null ? rowsBatch(batch, rows()) : levelBatch(batch, packed, rows);
}

/** The rows with what they refer to by their objects; `null` where they are not packed, or records do not say it. */
export function linkedBatch(batch: Batch, level: LinkedLevel): Batch | null {
  return level.made.linked.of(batch, () => makeLinked(batch, level));
}

function makeLinked(batch: Batch, level: LinkedLevel): Batch | null {
  const packed = batch.packed === null ? null : linkedWithObjects(batch.packed, level);
  if (packed === null) return null;
  return packedBatch(batch, packed, () =>
    batch.rows.map((row) => {
      const [object] = inside(row, level);
      return object === undefined ? row : linked(row, object, level);
    }),
  );
}

/** The rows in the arrays of a batch, linked with the rows that they are in; `null` where they are not packed, or records do not say it. */
export function arraysIn(batch: Batch, level: LinkedLevel): Batch | null {
  return level.made.arrays.of(batch, () => makeArrays(batch, level));
}

function makeArrays(batch: Batch, level: LinkedLevel): Batch | null {
  const packed = batch.packed === null ? null : packedArrays(batch.packed, level);
  if (packed === null) return null;
  return levelBatch(batch, packed, () =>
    batch.rows.flatMap((parent) => inside(parent, level).map((row) => linked(row, parent, level))),
  );
}

function levelBatch({ number }: Batch, packed: PackedRows, read: () => readonly Row[]): Batch {
  const size = packed.slices.reduce((sum, { from, to }) => sum + to - from, 0);
  return packedBatch({ number, size }, packed, () =>
    // They are counted as packed rows are.
    read().map((row, ord) => ({ ...row, ord })),
  );
}

function inside({ nested }: Row, { memberAt }: NestLevel): readonly Row[] {
  return nested?.[memberAt] ?? [];
}

/** A row with what another one is referred to by. */
function linked(row: Row, other: Row, { links, finder }: LinkedLevel): Row {
  const values = finder.toldBy(other);
  return values === null ? row : linkedRow(row, links, values);
}
