/**
 * The batches of nested levels. Out of a packed batch they are packed, where that is possible; the rows that are made of them
 * when somebody asks are those of its records, linked by the same rule.
 */
import type { Batch, Row } from "../../model/batch.ts";
import type { NestLevel } from "../../model/nest/nest-plan.ts";
import type { PackedRows } from "../../model/packed.ts";
import { PackedBatch } from "../packed-batch.ts";
import { rowsBatch } from "../row-batches.ts";
import { linkedRow } from "./link-finder.ts";
import type { LinkFinder } from "./link-finder.ts";
import { linkedWithObjects, packedArrays, packedObjects } from "./packed-links.ts";

/** A level with what tells what its rows are linked by. */
export interface LinkedLevel extends NestLevel {
  readonly finder: LinkFinder;
}

/** The rows that those of a batch refer to. */
export function objectsIn(batch: Batch, level: LinkedLevel): Batch {
  const packed = batch.packed === null ? null : packedObjects(batch.packed, level);
  const rows = (): Row[] => batch.rows.flatMap((row) => inside(row, level));
  return packed === null ? rowsBatch(batch, rows()) : packedBatch(batch, packed, rows);
}

/** The rows with what they refer to by their objects; `null` where they are not packed, or records do not say it. */
export function linkedBatch(batch: Batch, level: LinkedLevel): Batch | null {
  const packed = batch.packed === null ? null : linkedWithObjects(batch.packed, level);
  if (packed === null) return null;
  return new PackedBatch(batch, packed, () =>
    batch.rows.map((row) => {
      const [object] = inside(row, level);
      return object === undefined ? row : linked(row, object, level);
    }),
  );
}

/** The rows in the arrays of a batch, linked with the rows that they are in; `null` where they are not packed, or records do not say it. */
export function arraysIn(batch: Batch, level: LinkedLevel): Batch | null {
  const packed = batch.packed === null ? null : packedArrays(batch.packed, level);
  if (packed === null) return null;
  return packedBatch(batch, packed, () =>
    batch.rows.flatMap((parent) => inside(parent, level).map((row) => linked(row, parent, level))),
  );
}

function packedBatch({ number }: Batch, packed: PackedRows, read: () => readonly Row[]): Batch {
  const size = packed.slices.reduce((sum, { from, to }) => sum + to - from, 0);
  return new PackedBatch({ number, size }, packed, () =>
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
