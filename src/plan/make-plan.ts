/** PURE: from the table's shape, the source's fields and the options to the plan. No I/O, no names of databases. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Arbiter, FieldMapping, LoadPlan, Mode, UpdateRule } from "../model/load-plan.ts";
import type { Column, TableShape } from "../model/table-shape.ts";
import type { Options } from "../options/options.ts";
import type { Capabilities } from "../targets/target.ts";
import { chooseArbiter, describeKey } from "./arbiter.ts";
import { findCoupling } from "./coupling.ts";
import {
  fieldResolver,
  mapFields,
  namedFields,
  refuseUnknownFields,
  whyReadOnly,
} from "./mapping.ts";
import { requireColumn, tableLabel } from "./names.ts";
import { chooseRowSource, chooseStrategy, whyUncounted } from "./strategy.ts";
import type { Choice } from "./strategy.ts";
import { updateRule } from "./update-rule.ts";

/** Everything a plan is made from. */
export interface PlanRequest {
  readonly target: string;
  readonly shape: TableShape;
  readonly capabilities: Capabilities;
  readonly quoteIdentifier: (name: string) => string;
  readonly options: Options;
  /** The fields of the header, or of the sampled records. */
  readonly fields: readonly string[];
  /** Later records may carry fields that are not in `fields` (JSON). */
  readonly openFields: boolean;
}

/** The plan of a load. Throws `PLAN_*` errors; each names what to change. */
export function makePlan(request: PlanRequest): LoadPlan {
  const { shape, options, capabilities, quoteIdentifier } = request;
  const mode = chooseMode(options);
  const naming = { columns: shape.columns.map((column) => column.name), quoteIdentifier };
  const matchNulls = options.nullKey === "match";
  const arbiter = chooseArbiter(shape, { ...options, mode, matchNulls, quoteIdentifier });
  if (!request.openFields) refuseUnknownFields(request.fields, namedFields(options));
  const mapping = mapFields(shape, request.fields, fieldResolver(shape, options));
  const constants = parseConstants(shape, options, mapping);
  const update = updateRule(shape, { options, mode, arbiter, naming });
  const indexEqual = shape.uniqueKeys.some(
    (key) => key.name === arbiter?.name && !key.nullsDistinct,
  );
  const strategy = chooseStrategy(shape, capabilities, {
    asked: options.strategy,
    mode,
    arbiter,
    matchNulls: matchNulls && !indexEqual,
  });
  const rowSource = chooseRowSource(capabilities, options.rowSource);
  const columns = carriedColumns(request, mapping, constants);
  const uncounted = strategy.chosen === "native" ? whyUncounted(shape, capabilities, mode) : null;
  const found = findCoupling(shape, {
    mode,
    strategy: strategy.chosen,
    arbiter,
    update,
    columns,
  });
  const coupling = { ...found, rows: found.rows ?? uncounted };
  refuseMissing({ request, mode, arbiter, update, given: given(mapping, constants, update) });
  return {
    target: request.target,
    table: shape,
    mode,
    strategy: strategy.chosen,
    rowSource: rowSource.chosen,
    mapping,
    constants,
    columns,
    arbiter,
    update,
    nullKey: options.nullKey,
    keepIdentity: options.keepIdentity,
    coupling,
    looksFirst: uncounted !== null,
    batchRows: options.batchRows ?? capabilities.batchRows,
    lockTimeoutMs: options.lockTimeout,
    why: explain({ shape, mode, arbiter, strategy, rowSource, coupling }),
    warnings: warnings(shape, columns, options),
  };
}

function chooseMode(options: Options): Mode {
  if (options.mode !== null) return options.mode;
  if (options.ignore) return "ignore";
  return options.key === null && options.constraint === null ? "insert" : "upsert";
}

function parseConstants(
  shape: TableShape,
  options: Options,
  mapping: readonly FieldMapping[],
): { column: string; value: string }[] {
  return (options.const ?? []).map((text) => {
    const equals = text.indexOf("=");
    if (equals < 1) {
      throw upsurgeError("OPTION_VALUE", {
        flag: "--const",
        value: text,
        expected: "column=value",
      });
    }
    const column = requireColumn(shape, text.slice(0, equals), "--const");
    const reason = whyReadOnly(column, options.keepIdentity);
    if (reason !== null) {
      const suggestion = "leave it out of --const";
      throw upsurgeError("PLAN_READ_ONLY_COLUMN", { column: column.name, reason, suggestion });
    }
    const field = mapping.find((each) => each.column === column.name)?.field;
    if (field !== undefined) {
      const twice = `by the field ${field} and by --const`;
      throw upsurgeError("PLAN_DUPLICATE_COLUMN", { column: column.name, reason: twice });
    }
    return { column: column.name, value: text.slice(equals + 1) };
  });
}

/** The columns rows may carry: for JSON every writable one, since any record may bring another field. */
function carriedColumns(
  { shape, options, openFields }: PlanRequest,
  mapping: readonly FieldMapping[],
  constants: readonly { readonly column: string }[],
): Column[] {
  const named = new Set([...mapping, ...constants].map((each) => each.column));
  return shape.columns.filter((column) =>
    openFields ? whyReadOnly(column, options.keepIdentity) === null : named.has(column.name),
  );
}

function given(
  mapping: readonly FieldMapping[],
  constants: readonly { readonly column: string }[],
  update: UpdateRule,
): Set<string> {
  return new Set([...mapping, ...constants, ...update.stamps].map((each) => each.column));
}

interface Completeness {
  readonly request: PlanRequest;
  readonly mode: Mode;
  readonly arbiter: Arbiter | null;
  readonly update: UpdateRule;
  readonly given: ReadonlySet<string>;
}

/** A key column or a required column that no record can bring, and privileges that are not there. */
function refuseMissing({ request, mode, arbiter, given }: Completeness): void {
  const { shape, fields, options } = request;
  refusePrivileges(shape, mode);
  if (fields.length === 0 && given.size === 0) return;
  const key = arbiter?.plain === true ? arbiter.columns : [];
  const unkeyed = key.find((column) => !given.has(column));
  if (unkeyed !== undefined && options.nullKey !== "insert") {
    throw upsurgeError("PLAN_KEY_NOT_IN_SOURCE", { column: unkeyed, fields: fields.join(", ") });
  }
  const filled = shape.triggers.some(
    (trigger) => trigger.timing !== "after" && trigger.events.includes("insert"),
  );
  if (mode === "update" || filled) return;
  const required = shape.columns.find((column) => isRequired(column) && !given.has(column.name));
  if (required === undefined || shape.kind === "view") return;
  throw upsurgeError("PLAN_REQUIRED_COLUMN", {
    column: required.name,
    table: tableLabel(shape),
    mode,
  });
}

function isRequired(column: Column): boolean {
  const { nullable, defaultSql, identity, generatedSql } = column;
  return !nullable && defaultSql === null && identity === null && generatedSql === null;
}

function refusePrivileges(shape: TableShape, mode: Mode): void {
  const needed: Record<Mode, readonly string[]> = {
    upsert: ["insert", "update", "select"],
    insert: ["insert"],
    ignore: ["insert"],
    update: ["update", "select"],
  };
  const table = tableLabel(shape);
  const missing = [...needed[mode], "temporary"].find((each) =>
    shape.missingPrivileges.includes(each),
  );
  if (missing === undefined) return;
  const suggestion =
    missing === "temporary"
      ? "grant temporary on database DATABASE to USER; batches are staged in a temporary table"
      : `grant ${needed[mode].join(", ")} on ${table} to USER`;
  throw upsurgeError("PLAN_PRIVILEGE", {
    privilege: missing === "temporary" ? "temporary tables in the database" : missing,
    table,
    suggestion,
  });
}

interface Decisions {
  readonly shape: TableShape;
  readonly mode: Mode;
  readonly arbiter: Arbiter | null;
  readonly strategy: Choice<string>;
  readonly rowSource: Choice<string>;
  readonly coupling: LoadPlan["coupling"];
}

function explain({ shape, mode, arbiter, strategy, rowSource, coupling }: Decisions): string[] {
  const key = shape.uniqueKeys.find((each) => each.name !== null && each.name === arbiter?.name);
  const decider =
    arbiter?.kind === "any"
      ? "any unique key decides conflicts"
      : `${key === undefined ? `(${arbiter?.parts.join(", ") ?? ""})` : describeKey(key)} decides conflicts`;
  return [
    `mode ${mode}${arbiter === null ? "" : `: ${decider}`}`,
    `strategy ${strategy.chosen}: ${strategy.why}`,
    `row source ${rowSource.chosen}: ${rowSource.why}`,
    ...(coupling.rows === null ? [] : [`one row at a time: ${coupling.rows}`]),
    ...(coupling.rows !== null || coupling.order === null
      ? []
      : [`in file order: ${coupling.order}`]),
  ];
}

function warnings(shape: TableShape, columns: readonly Column[], options: Options): string[] {
  const explicit = shape.columns.find(
    (column) =>
      (column.identity === "always" || column.identity === "by-default") &&
      columns.includes(column) &&
      options.keepIdentity,
  );
  if (explicit === undefined) return [];
  return [
    `ids written into ${explicit.name} do not advance its sequence; set it before the next insert without an id`,
  ];
}
