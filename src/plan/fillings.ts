/** What fills the columns of a table, which fields give way to flags, and what is left to a second pass. */
import type { TablePlan } from "../model/load-plan.ts";
import type { KeyChoice } from "./key/arbiter.ts";
import { neededKey } from "./requirements.ts";
import { nullTexts, planConstants } from "./constants.ts";
import { fieldNames } from "./mapping/field-names.ts";
import { refuseEmptyKeys } from "./values/empty-fields.ts";
import { linkedNames, refuseLinked } from "./nest/refuse-linked.ts";
import { carriedColumns, fieldResolver } from "./mapping/mapping.ts";
import { mapFields } from "./mapping/map-fields.ts";
import { namedFields, refuseMovedNumbers, refuseUnknownFields } from "./mapping/named-fields.ts";
import { chooseLate, explainLate } from "./late/late-columns.ts";
import type { LateChoice } from "./late/late-columns.ts";
import type { LookupPlan } from "../model/lookup-plan.ts";
import { planValues } from "./values/plan-values.ts";
import { planMade } from "./nest/made-keys.ts";
import { inPasses } from "./lookups/in-passes.ts";
import { planLookups } from "./lookups/plan-lookups.ts";
import { ALL_NOTATIONS, chooseNotations } from "./values/notations.ts";
import type { NotationUse } from "./values/notations.ts";
import { findOverlaps } from "./overlaps.ts";
import type { ColumnSources } from "./overlaps.ts";
import { updateRule } from "./update-rule.ts";
import { sourcesOf, knownOf } from "./plan-request.ts";
import type { PlanRequest } from "./plan-request.ts";

/** What fills the columns, and what to know of it. */
interface Fillings {
  readonly chosen: Pick<
    TablePlan,
    | "mapping"
    | "constants"
    | "update"
    | "columns"
    | "notations"
    | "values"
    | "lookups"
    | "linked"
    | "made"
  >;
  /** Rows carry ids that only the database makes else. */
  readonly bringsIds: boolean;
  /** The columns that are written with their record, and that a known field, a constant, an expression or a look-up fills. */
  readonly named: ReadonlySet<string>;
  readonly late: LateChoice | null;
  /** Why expressions, look-ups or keys that the database makes have records go one by one. */
  readonly eachRecord: string | null;
  readonly why: readonly string[];
  readonly warnings: readonly string[];
}

/** What fills the columns, which fields give way to flags, and what is left to a second pass. */
export function planFillings(
  request: PlanRequest,
  how: Pick<ColumnSources, "mode" | "arbiter" | "naming"> & KeyChoice,
): Fillings {
  const { shape, options, only, linked = [] } = request;
  const needed = new Set(neededKey({ ...options, ...how }));
  const mapping = planMapping(request, needed);
  const called = fieldNames(sourcesOf(request), options.map);
  refuseEmptyKeys(mapping, how.arbiter, options.defaultOnEmpty);
  const constants = planConstants(shape, options, mapping, { ...called, needed });
  const all = updateRule(shape, { options, ...how });
  const filled = { mapping, constants, update: all };
  const overlaps = findOverlaps({ ...how, ...filled, fieldNames: called });
  const known = { called, needed, ...knownOf(request) };
  const { values, ...valued } = planValues({ ...request, ...how, ...filled, ...known });
  const found = planLookups({ ...request, ...filled, values, called, needed });
  const late = chooseLate({ ...request, ...how, ...filled, lookups: found.lookups });
  const { lookups, ...looked } = inPasses(found.lookups, {
    late: late?.columns ?? [],
    sets: only === undefined ? null : all.columns,
  });
  const computed = [...(values?.columns ?? []), ...lookups].map(({ column }) => column.name);
  const isWritten = (name: string): boolean =>
    only?.includes(name) ?? late?.columns.includes(name) !== true;
  const made = [...computed, ...linkedNames(linked)];
  refuseLinked(linkedNames(linked), { mapping, constants, made }, called);
  const named = new Set([...columnsFilled(filled), ...made].filter(isWritten));
  const keys = planMade({ ...request, ...how, named });
  const carried = carriedColumns(shape, { ...request, named, carried: keys.carried });
  const update = { ...all, columns: all.columns.filter(isWritten), ...late?.decides };
  return {
    chosen: {
      mapping,
      constants,
      update,
      columns: carried.filter(({ name }) => isWritten(name)),
      ...notationsOf(request, lookups, [...constants.map(toColumn), ...computed]),
      ...(values === null ? {} : { values }),
      ...(lookups.length === 0 ? {} : { lookups }),
      ...(linked.length === 0 ? {} : { linked }),
      ...keys.chosen,
    },
    bringsIds: keys.bringsIds,
    named,
    late,
    eachRecord: values?.eachRecord ?? looked.eachRecord ?? keys.eachRecord,
    why: [...explainLate(late), ...overlaps.why, ...valued.why, ...looked.why, ...keys.why],
    warnings: [...nullTexts(options, how.arbiter), ...overlaps.warnings, ...found.warnings],
  };
}

function columnsFilled({ mapping, constants }: Pick<TablePlan, "mapping" | "constants">): string[] {
  return [...mapping, ...constants].map(toColumn);
}

function toColumn({ column }: { readonly column: string }): string {
  return column;
}

/** How values are written; columns that are `filled` take none of a field, nor of one that a link refers to. */
function notationsOf(
  { shape, options, capabilities, stage, levels, ddl = null }: PlanRequest,
  lookups: readonly LookupPlan[],
  filled: readonly string[],
): Pick<TablePlan, "notations"> {
  const isOnly = stage === undefined && levels === undefined;
  const elsewhere = isOnly ? readByLookups(lookups) : ALL_NOTATIONS;
  const made = ddl?.table.columns.map(({ name }) => name) ?? [];
  return chooseNotations(shape, options, { capabilities, elsewhere, filled, made });
}

/** Look-ups by a date are a use of a date format, whatever the columns of the table. */
function readByLookups(lookups: readonly LookupPlan[]): NotationUse["elsewhere"] {
  const notations = lookups.flatMap(({ keys }) => keys.map(({ notation }) => notation?.kind));
  return new Set(notations.filter((kind) => kind !== undefined));
}

function planMapping(request: PlanRequest, needed: ReadonlySet<string>): TablePlan["mapping"] {
  const { shape, options } = request;
  const { known: sources, allKnown } = knownOf(request);
  refuseMovedNumbers(sources, options);
  // Where no source has a field there is no record either, and so none that lacks one.
  const anyKnown = sources.some(({ fields }) => fields.length > 0);
  if (allKnown && anyKnown) refuseUnknownFields(sources, namedFields(options));
  const resolve = fieldResolver(shape, options);
  return mapFields(shape, sources, { resolve, map: options.map, needed });
}
