/**
 * Rows with what is in an array of each, where rows that are not in it go: which of them may go through together under the
 * law, and where a batch is cut since the same row stands in it twice. Asks no database.
 */
import type { Row } from "../../model/batch.ts";
import type { NestLink } from "../../model/nest/nest-plan.ts";
import { storesAlike } from "../../model/nest/nest-plan.ts";
import { grouped } from "../../targets/grouped.ts";
import type { LinkValue } from "./link-finder.ts";

/** A row, what the rows in its array refer to it by, and these rows. */
export interface Family {
  readonly parent: Row;
  readonly key: readonly LinkValue[];
  readonly rows: readonly Row[];
  /** What is not in the array goes. */
  readonly loses: boolean;
}

/** A row is in several records of a batch, and what one of them does not mention another may bring: it is cut between them. */
export class RecordsRepeat extends Error {
  readonly #cuts: ReadonlySet<number>;
  readonly #alone: ReadonlySet<number>;

  constructor({ cuts, alone }: RepeatedRecords) {
    super("records repeat a row that loses others");
    this.#cuts = cuts;
    this.#alone = alone;
  }

  /** The records of a batch in runs, none of which repeats such a row. */
  runsOf(rows: readonly Row[]): Row[][] {
    const runs: Row[][] = [];
    let isAlone = true;
    for (const row of rows) {
      const isNew = isAlone || this.#cuts.has(row.ord) || this.#alone.has(row.ord);
      if (isNew) runs.push([]);
      runs.at(-1)?.push(row);
      isAlone = this.#alone.has(row.ord);
    }
    return runs;
  }
}

/** By the place of their records in the load. */
export interface RepeatedRecords {
  /** They repeat a row of one before. */
  readonly cuts: ReadonlySet<number>;
  /** They hold the same row twice. */
  readonly alone: ReadonlySet<number>;
}

/** Where the same row stands twice and loses others. */
export function repeatsIn(families: readonly Family[]): RepeatedRecords {
  const told = families.map((family) => {
    const { parent, loses } = family;
    return { key: keyText(family), ord: (parent.root ?? parent).ord, loses };
  });
  const losing = new Set(told.filter(({ loses }) => loses).map(({ key }) => key));
  const byRecord = grouped(
    told.filter(({ key }) => losing.has(key)),
    ({ ord }) => ord,
  );
  const cuts = new Set<number>();
  const alone = new Set<number>();
  let seen = new Set<string>();
  for (const [ord, ofRecord] of byRecord) {
    const own = ofRecord.map(({ key }) => key);
    if (new Set(own).size < own.length) alone.add(ord);
    if (own.some((key) => seen.has(key))) {
      cuts.add(ord);
      seen = new Set();
    }
    for (const key of own) seen.add(key);
  }
  return { cuts, alone };
}

function keyText({ key }: Family): string {
  return JSON.stringify(key.map(({ text }) => text.toLowerCase()));
}

const PLAIN = /^(?:0|-?[1-9]\d*|[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12})$/i;

/** Whether a key may be spelled in another way than an equal one: one out of a record, of a type that stores both alike. */
export function isUnclear(families: readonly Family[], links: readonly NestLink[]): boolean {
  const told = links.map(({ refersTo }) => storesAlike(refersTo));
  return families.some(({ key }) =>
    key.some(({ text }, at) => told[at] === true && !PLAIN.test(text)),
  );
}
