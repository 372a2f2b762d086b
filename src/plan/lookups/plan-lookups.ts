/** What `--lookup` means to a table: which column is filled, by which rows of which other table. Pure. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { FieldMapping, TablePlan } from "../../model/load-plan.ts";
import type { LookupKey, LookupPlan } from "../../model/lookup-plan.ts";
import type { Column, TableShape, UniqueKey } from "../../model/table-shape.ts";
import type { ValuesPlan } from "../../model/value-plan.ts";
import type { GivenLookup } from "../../options/lookup-grammar.ts";
import type { Options } from "../../options/options.ts";
import type { Capabilities } from "../../targets/capabilities.ts";
import { tableSql, uniqueIndexSql } from "../../sql/unique-index.ts";
import type { FieldNames } from "../mapping/field-names.ts";
import { readingReason } from "../isolation.ts";
import { readOnlyColumn, whyReadOnly } from "../mapping/read-only.ts";
import { filledTwice } from "../mapping/mapping-errors.ts";
import { requireColumn } from "../names.ts";
import { couplingOf } from "./coupling.ts";
import type { CoupledLookup } from "./coupling.ts";
import { ALL_NOTATIONS, chooseNotations } from "../values/notations.ts";
import { findReference } from "./find-reference.ts";
import { refuseMaking } from "./refuse-making.ts";

/** What look-ups are planned from. */
export interface LookupRequest {
  readonly shape: TableShape;
  readonly options: Options;
  readonly capabilities: Capabilities;
  readonly quoteIdentifier: (name: string) => string;
  /** The other tables, by the names that the options have for them. */
  readonly parents?: ReadonlyMap<string, TableShape> | undefined;
  readonly mapping: readonly FieldMapping[];
  readonly constants: TablePlan["constants"];
  readonly update: TablePlan["update"];
  /** Given for the second pass of a load, which sets the columns of `update` in rows that are there. */
  readonly only?: readonly string[] | undefined;
  /** The columns that expressions fill; `null`: there are none. */
  readonly values: ValuesPlan | null;
  readonly called: FieldNames;
  /** The columns without which no record has a key. */
  readonly needed: ReadonlySet<string>;
}

/** The look-ups, and what to know of them. */
export interface PlannedLookups {
  readonly lookups: readonly LookupPlan[];
  readonly warnings: readonly string[];
}

/** Throws `PLAN_LOOKUP_*`, `PLAN_UNKNOWN_COLUMN`, `PLAN_READ_ONLY_COLUMN`, `PLAN_DUPLICATE_COLUMN`. */
export function planLookups(request: LookupRequest): PlannedLookups {
  const { shape, options } = request;
  const planned: CoupledLookup[] = [];
  for (const given of options.lookup ?? []) {
    const lookup = planLookup(request, given);
    if (planned.some(({ column }) => column.name === lookup.column.name))
      throw twice(lookup.column, "by two --lookup", "leave one of them out");
    planned.push(lookup);
  }
  const coupling = {
    others: planned,
    reads: readingReason(request),
    ...(request.only === undefined ? {} : { sets: request.update.columns }),
  };
  const lookups = planned.map((lookup) => ({
    ...lookup,
    eachRecord: couplingOf(shape, lookup, coupling),
  }));
  return {
    lookups,
    warnings: lookups.flatMap((lookup) => warn(lookup, request)),
  };
}

function planLookup(request: LookupRequest, given: GivenLookup): CoupledLookup {
  const { shape, options, parents, constants, mapping, values, capabilities } = request;
  const column = requireColumn(shape, given.column, "--lookup");
  refuseFilled(request, column);
  const parent = parents?.get(given.table);
  if (parent === undefined)
    throw upsurgeError("INTERNAL", { message: `the table ${given.table} was not read` });
  // Formats that name a column are those of the table that is loaded.
  const dateFormat = (options.dateFormat ?? []).filter((format) => format.column === null);
  const { notations } = chooseNotations(
    parent,
    { ...options, dateFormat },
    { capabilities, elsewhere: ALL_NOTATIONS },
  );
  const keys = given.pairs.map(({ column: name, field }): LookupKey => {
    const constant = constants.find((each) => each.column === field)?.value;
    // A field of that name comes first.
    const isField = constant === undefined || mapping.some((each) => each.field === field);
    const key = requireColumn(parent, name, "--lookup");
    const value = valueOf(field, mapping, values);
    if (value !== null) return { column: key, field: null, constant: null, value };
    const notation = isField ? notations?.[key.name] : undefined;
    return {
      column: key,
      ...(notation === undefined ? {} : { notation }),
      field: isField ? field : null,
      constant: isField ? null : constant,
    };
  });
  const refersTo = findReference(shape, column, parent, given);
  const names = new Set(keys.map((key) => key.column.name));
  const lookup: CoupledLookup = {
    text: given.text,
    column,
    parent,
    keys,
    refersTo,
    missing: options.lookupMissing ?? "reject",
    unique: uniqueKey(parent, names) !== undefined,
  };
  if (lookup.missing === "insert") refuseMaking(lookup, request.quoteIdentifier);
  return lookup;
}

/** The place of the column of `--value` that has this name; `null` for none, and for a field that comes first. */
function valueOf(
  name: string,
  mapping: LookupRequest["mapping"],
  values: ValuesPlan | null,
): number | null {
  const place = values?.columns.findIndex(({ column }) => column.name === name) ?? -1;
  return place < 0 || mapping.some(({ field }) => field === name) ? null : place;
}

/** A key of the table that allows no two rows with the same values of these columns. */
function uniqueKey({ uniqueKeys }: TableShape, names: ReadonlySet<string>): UniqueKey | undefined {
  return uniqueKeys.find(
    ({ kind, columns, predicate, standard }) =>
      kind === "unique" &&
      predicate === null &&
      standard !== false &&
      columns.every((name) => name !== null && names.has(name)),
  );
}

function refuseFilled(
  { mapping, constants, values, update, called, options, needed }: LookupRequest,
  column: Column,
): void {
  const reason = whyReadOnly(column, options.keepIdentity);
  if (reason !== null) {
    const leaveOut = `leave the --lookup of ${column.name} out`;
    throw readOnlyColumn(column, reason, { leaveOut, needed });
  }
  const field = mapping.find((each) => each.column === column.name)?.field;
  if (field !== undefined) {
    const drop = `${called.keptOut(field)}, or leave the --lookup of ${column.name} out`;
    throw twice(column, `by the field ${called.told(field)} and by --lookup`, drop);
  }
  if (update.stamps.some((each) => each.column === column.name)) {
    const fix = `leave --stamp ${column.name} or the --lookup of it out`;
    throw twice(column, "by --stamp and by --lookup", fix);
  }
  if (values?.columns.some((each) => each.column.name === column.name) === true) {
    const fix = `leave --value ${column.name} or the --lookup of it out`;
    throw twice(column, "by --value and by --lookup", fix);
  }
  if (constants.some((each) => each.column === column.name)) {
    const fix = `leave --const ${column.name} or the --lookup of it out`;
    throw twice(column, "by --const and by --lookup", fix);
  }
}

function twice({ name }: Column, reason: string, fix: string): Error {
  return filledTwice(name, reason, { fix, where: "--lookup" });
}

function warn(lookup: LookupPlan, { quoteIdentifier }: LookupRequest): string[] {
  if (lookup.unique) return [];
  const { parent, keys } = lookup;
  const names = keys.map(({ column }) => column.name).join(", ");
  const expressions = keys.map(({ column }) => quoteIdentifier(column.name));
  const ddl = uniqueIndexSql(parent, { expressions, predicate: null }, quoteIdentifier);
  const table = tableSql(parent.name, quoteIdentifier);
  const index = ddl === null ? "" : `; an index keeps them apart, and finds them faster: ${ddl}`;
  return [
    `no unique key on (${names}) of ${table}: a record that names several of its rows is rejected${index}`,
  ];
}
