/** Table shapes and plans for tests of pure parts: say what matters, the rest is plain. */
import type { Column, TableShape, UniqueKey } from "../../src/model/table-shape.ts";
import { optionsOf } from "./options.ts";
import type { GivenOptions } from "./options.ts";
import { makePlan } from "../../src/plan/make-plan.ts";
import { headerFields } from "../../src/read/csv/header-fields.ts";
import type { LoadPlan, TablePlan } from "../../src/model/load-plan.ts";
import type { Capabilities } from "../../src/targets/capabilities.ts";
import type { KnownFields } from "../../src/model/header.ts";

/** A nullable integer column without a default, but for what `facts` says. */
export function column(name: string, facts: Partial<Column> = {}): Column {
  return {
    name,
    type: "integer",
    family: "number",
    nullable: true,
    defaultSql: null,
    volatileDefault: false,
    identity: null,
    generatedSql: null,
    ...facts,
  };
}

/** A unique index on plain columns, but for what `facts` says. */
export function uniqueKey(columns: readonly string[], facts: Partial<UniqueKey> = {}): UniqueKey {
  return {
    name: `t_${columns.join("_")}_key`,
    primary: false,
    constraint: true,
    kind: "unique",
    columns,
    keyExpressions: columns.map((name) => `"${name}"`),
    predicate: null,
    nullsDistinct: true,
    deferrable: false,
    ...facts,
  };
}

/** The table `public.t`. */
export function table(facts: Partial<TableShape> = {}): TableShape {
  return {
    name: { schema: "public", name: "t" },
    kind: "table",
    columns: [column("id", { nullable: false }), column("a"), column("b")],
    uniqueKeys: [uniqueKey(["id"], { primary: true, name: "t_pkey" })],
    foreignKeys: [],
    triggers: [],
    rewritten: false,
    missingPrivileges: [],
    checked: false,
    checks: [],
    upsertHazard: null,
    ...facts,
  };
}

/** A set-based target that can do everything. */
export const ABLE: Capabilities = {
  rowSources: ["staged", "arrays", "values"],
  setBased: true,
  methods: {
    native: "upsert",
    copy: { kinds: ["table"], mayMeetRows: true },
    proposal: { byUpsert: true, rowTriggersOnly: true },
  },
  anyConstraint: true,
  upsertsWithoutIndex: false,
  appliesRowsInOrder: true,
  advancesIdentity: false,
  upsertsViews: true,
  countsPartitioned: true,
  acceptsPackedBatches: true,
  storesNul: false,
  notNullCode: "23502",
  batchRows: 1000,
  bytesType: "bytea",
  parallel: true,
};

/** The plan for a CSV with the table's columns (or `fields`), under `options`; `unhashable` says why keys cannot be hashed, where the target hashes any. */
export function planFor(
  shape: TableShape,
  options: GivenOptions,
  {
    fields = shape.columns.map((each) => each.name),
    capabilities = ABLE,
    json = false,
    quoteIdentifier = (name: string) => `"${name}"`,
    unhashable = null as string | null,
    hashes = true,
    readOnce = false,
    header = null as readonly string[] | null,
  } = {},
): LoadPlan & TablePlan {
  const plan = makePlan({
    target: "test",
    shape,
    capabilities,
    quoteIdentifier,
    options: optionsOf(options),
    fields,
    ...(header === null ? {} : { sources: [knownHeader(header)] }),
    openFields: json,
    readOnce,
    ...(hashes ? { whyUnhashable: () => unhashable } : {}),
  });
  return { ...plan.tables[0], ...plan };
}

/** The fields of `in.csv`, whose header has these names. */
function knownHeader(names: readonly string[]): KnownFields {
  const header = headerFields(names);
  return { source: "in.csv", fields: header.map(({ key }) => key), header };
}
