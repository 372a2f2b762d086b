/** In which pass of a load each look-up is asked: with its record, or after the last one, where its column is set late. Pure. */
import type { LookupPlan } from "../../model/lookup-plan.ts";
import { tableLabel } from "../names.ts";

/** The passes of a load. */
export interface Passes {
  /** The columns that are left to the second pass. */
  readonly late: readonly string[];
  /** Given in the second pass: the columns that it sets. */
  readonly sets: readonly string[] | null;
}

/** The look-ups as one pass asks them. */
export interface PassLookups {
  readonly lookups: readonly LookupPlan[];
  /** Why records go one by one; `null`: they do not. */
  readonly eachRecord: string | null;
  readonly why: readonly string[];
}

/** The look-ups as this pass asks them; what the other one asks couples no records. */
export function inPasses(planned: readonly LookupPlan[], { late, sets }: Passes): PassLookups {
  const lookups = planned.map((lookup): LookupPlan => {
    const { name } = lookup.column;
    if (late.includes(name)) return { ...lookup, late: true, eachRecord: null };
    return sets?.includes(name) === false ? { ...lookup, eachRecord: null } : lookup;
  });
  const coupled = lookups.find(({ eachRecord }) => eachRecord !== null);
  return { lookups, eachRecord: coupled?.eachRecord ?? null, why: lookups.map(explainLookup) };
}

const MISSING = {
  reject: "a record that names none is rejected",
  null: "a record that names none has NULL",
  insert: "a row that is missing is made",
} as const;

/** What a plan says of a look-up. */
function explainLookup(lookup: LookupPlan): string {
  const { column, parent, keys, refersTo, missing, eachRecord } = lookup;
  const by = keys.map((key) => key.column.name).join(", ");
  const often = eachRecord === null ? "once a batch" : "record by record";
  const [when, otherwise] =
    lookup.late !== true
      ? [often, MISSING[missing]]
      : [
          "after the last record",
          missing === "reject" ? "a record that names none ends the load" : MISSING[missing],
        ];
  return `${column.name} is ${refersTo.name} of ${tableLabel(parent)}, looked up by ${by} ${when}; ${otherwise}`;
}
