/** Fills what was looked up into rows, one by one. Pure. */
import type { PendingValue, Row, RowFault } from "../../model/batch.ts";
import type { LookupPlan } from "../../model/lookup-plan.ts";
import { tellsNumbers } from "../../model/table-shape.ts";
import {
  isNothing,
  missingFault,
  nullKeyFault,
  partialFault,
  severalFault,
  unfitFault,
} from "./answer.ts";
import type { LookupFault } from "./answer.ts";
import { withValues } from "../row-values.ts";
import type { PlacedValue } from "../row-values.ts";
import { Finder } from "./finder.ts";
import type { LookupSession } from "./finder.ts";

/** What rows are filled from. */
export interface LookupContext {
  readonly lookups: readonly LookupPlan[];
  /** Beside the look-ups. */
  readonly finders: readonly Finder[];
  /** Key columns in which a NULL is a reject. */
  readonly guarded: ReadonlySet<string>;
  readonly session: Pick<LookupSession, "rowFault">;
}

/** The key of a value, as the finder of its look-up knows it; `null`: the value is NULL, or a part of the key is missing. */
export function keyOfPending({ texts, numbers }: PendingValue): string | null {
  if (texts.some(isNothing)) return null;
  return Finder.keyOf(
    texts.map((text) => text ?? ""),
    numbers,
  );
}

/** The row with what is looked up after the last record set aside; `later`: by look-up, whether it is. */
export function lookedUpLater(row: Row, later: readonly boolean[]): Row {
  const { pending = [], ...rest } = row;
  const isLater = ({ lookup }: PendingValue): boolean => later[lookup] === true;
  const now = pending.filter((each) => !isLater(each));
  const aside = pending.filter(isLater);
  return {
    ...rest,
    ...(now.length === 0 ? {} : { pending: now }),
    ...(aside.length === 0 ? {} : { later: aside }),
  };
}

/** The row with its values, or what is wrong with it. */
export type Resolved =
  | { readonly kind: "row"; readonly row: Row }
  | { readonly kind: "fault"; readonly fault: RowFault };

/** A row with everything that was looked up for it. */
export function resolveRow(row: Row, context: LookupContext): Resolved {
  const { pending, ...rest } = row;
  const partial = partialLater(row, context);
  if (partial !== null) return { kind: "fault", fault: { ...partial, row } };
  if (pending === undefined) return { kind: "row", row };
  const found: PlacedValue[] = [];
  let unmade: RowFault | null = null;
  for (const each of pending) {
    const lookup = context.lookups[each.lookup];
    const finder = context.finders[each.lookup];
    if (lookup === undefined || finder === undefined) continue;
    const value = valueOf(each, lookup, { finder, row, context });
    if (value.kind === "fault") {
      const fault = { ...value.fault, row };
      // Nothing is made for a record that has another fault, which is the one to tell.
      if (lookup.missing !== "insert" || fault.code !== "ROW_LOOKUP")
        return { kind: "fault", fault };
      unmade ??= fault;
      continue;
    }
    found.push({ at: each.at, text: value.id, isNumber: value.isNumber });
  }
  if (unmade !== null) return { kind: "fault", fault: unmade };
  return { kind: "row", row: withValues(rest, found) };
}

/** A part of a key is a fault that the record shows by itself, when it is still a reject. */
function partialLater({ later = [] }: Row, { lookups }: LookupContext): LookupFault | null {
  for (const each of later) {
    const lookup = lookups[each.lookup];
    if (lookup !== undefined && keyOfPending(each) === null && !isAbsent(each, lookup))
      return partialFault(lookup, each.texts);
  }
  return null;
}

type Value =
  | { readonly kind: "value"; readonly id: string | null; readonly isNumber: boolean }
  | { readonly kind: "fault"; readonly fault: LookupFault };

function valueOf(
  pending: PendingValue,
  lookup: LookupPlan,
  {
    finder,
    row,
    context,
  }: { readonly finder: Finder; readonly row: Row; readonly context: LookupContext },
): Value {
  const asNull = (): Value =>
    context.guarded.has(lookup.column.name)
      ? faulty(nullKeyFault(lookup))
      : { kind: "value", id: null, isNumber: false };
  const texts = pending.texts.map((text) => text ?? "");
  const key = keyOfPending(pending);
  if (key === null)
    return isAbsent(pending, lookup) ? asNull() : faulty(partialFault(lookup, pending.texts));
  const answer = finder.answer(key) ?? { kind: "missing" };
  switch (answer.kind) {
    case "found": {
      const { id, isNumber } = answer;
      return { kind: "value", id, isNumber: isNumber && tellsNumbers(lookup.column) };
    }
    case "missing":
      return lookup.missing === "null" ? asNull() : faulty(missingFault(lookup, texts));
    case "several":
      return faulty(severalFault(lookup, texts, answer.count));
    case "unfit":
      break;
  }
  if (answer.place > 0) return faulty(unfitFault(lookup, texts, answer.place));
  const said = context.session.rowFault(row, answer.error, lookup.parent);
  return faulty({ ...said, column: lookup.column.name });
}

function faulty(fault: LookupFault): Value {
  return { kind: "fault", fault };
}

/** Nothing of the key comes from the record, constants left aside. */
function isAbsent({ texts }: PendingValue, { keys }: LookupPlan): boolean {
  return keys.every(({ constant }, at) => constant !== null || isNothing(texts[at]));
}
