/** Values that a database kept as text against the type of their column: counted by column, and said at the end of a load. */
import type { Misfits } from "../model/batch.ts";
import type { Position } from "../model/record.ts";
import { keptAsTextHint } from "./fixes/value-fixes.ts";
import { sourceLabel } from "../errors/source-label.ts";
import { formatCount } from "../errors/format.ts";

interface MisfitCount extends Omit<Misfits, "first"> {
  readonly first: Position;
  /** The flag that makes NULL of the first, where it seems to stand for no value. */
  readonly hint: string;
}

/** Counts misfits in the order of the source. */
export class MisfitTally {
  readonly #columns: Map<string, MisfitCount>;

  /** Goes on from what `before` has counted. */
  constructor(before?: MisfitTally) {
    this.#columns = new Map(before === undefined ? [] : before.#columns);
  }

  /** Adds what came after everything that was added before. */
  add(misfits: readonly Misfits[]): void {
    for (const { first, ...each } of misfits) {
      const known = this.#columns.get(each.column);
      const count = each.count + (known?.count ?? 0);
      if (known !== undefined) {
        this.#columns.set(each.column, { ...known, count });
        continue;
      }
      const { value, raw, ...position } = first();
      const hint = keptAsTextHint(value ?? null, raw, each);
      this.#columns.set(each.column, { ...each, count, first: position, hint });
    }
  }

  /** A sentence for each column, in the order in which they were met. */
  get warnings(): string[] {
    return [...this.#columns.values()].map(sentence);
  }
}

const NOT: Readonly<Record<Misfits["promised"], readonly [one: string, many: string]>> = {
  number: ["is not a number", "are not numbers"],
  time: ["is neither a date nor a time", "are neither dates nor times"],
  boolean: ["is neither 0 nor 1", "are neither 0 nor 1"],
};

function sentence({ column, type, promised, count, first, hint }: MisfitCount): string {
  const [one, many] = NOT[promised];
  const { source, record, line } = first;
  const place = `${sourceLabel(source)}, record ${formatCount(record)}, line ${formatCount(line[0])}`;
  return count === 1
    ? `1 value for ${column} (${type}) ${one} and is stored as text; it is in ${place}${hint}`
    : `${formatCount(count)} values for ${column} (${type}) ${many} and are stored as text; the first is in ${place}${hint}`;
}
