/** Which faults are certain: the row is refused whatever is in the tables, and whatever other records there are. Pure. */
import type { RowFault } from "../../model/batch.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { NestLevel } from "../../model/nest/nest-plan.ts";
import { levelOf } from "../../model/nest/nesting.ts";
import { mayDrop } from "./outcomes-told.ts";

/** Codes of rows that are refused wherever they reach a statement. */
const REFUSED: ReadonlySet<string> = new Set(["ROW_TYPE", "ROW_LENGTH", "ROW_NUL", "ROW_ENCODING"]);

/** Tells faults that are certain. */
export class CertainFaults {
  /** The paths of the levels whose rows reach a statement whatever becomes of others; that of the records' own is empty. */
  readonly #reached: ReadonlySet<string>;

  constructor(tables: readonly TablePlan[], levels: readonly NestLevel[]) {
    const isReached = (at: number, isAbove = false): boolean => {
      const level = levels.find((each) => each.at === at);
      const plan = tables[at];
      const finds = level?.finds === true;
      // What refers to a row that is only looked up is reached where that is found; its own key always is.
      const isOpen =
        plan === undefined || (finds ? isAbove : plan.mode === "update" || mayDrop(plan));
      if (isOpen || level?.whenWritten === true) return false;
      return level === undefined || isReached(level.parentAt, true);
    };
    const all = [{ at: 0, path: [] }, ...levels];
    this.#reached = new Set(
      all.filter(({ at }) => isReached(at)).map(({ path }) => JSON.stringify(path)),
    );
  }

  /** Whether its record is at fault in any case: a row that may be left out depends on what earlier records wrote. */
  has({ code, row }: RowFault): boolean {
    const { place } = row.record;
    const name = place === undefined ? "[]" : JSON.stringify(levelOf(place));
    return REFUSED.has(code) && this.#reached.has(name);
  }
}
